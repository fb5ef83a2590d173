/** @file UTF-8, UTF-16 and UTF-32, for the other headers of the kit. Programs do not include this file. */
#ifndef WINWS_KIT_TEXT_H
#define WINWS_KIT_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WINWS_KIT_SPELL_(text) #text
#define WINWS_KIT_SPELL(text) WINWS_KIT_SPELL_(text)
/* The symbol behind a name of the kit. Other libraries have symbols with the plain names. */
#define WINWS_KIT_SYMBOL(name) __asm__(WINWS_KIT_SPELL(__USER_LABEL_PREFIX__) "winws_kit_" #name)

/* Bytes or units that are no character. U+FFFD takes their place. */
#define WINWS_KIT_NO_CHARACTER 0xFFFFFFFFu

#if __SIZEOF_WCHAR_T__ == 2
/* The main of libwinws_kit.a looks for this symbol, to give wmain arguments of this width. */
__attribute__((weak)) char winws_kit_short_wchar = 1;
#endif

/* A unit of 1, 2 or 4 bytes, which need not be aligned. */
static inline uint32_t winws_kit_unit(const void *text, size_t width, size_t at) {
    uint16_t two;
    uint32_t four;
    if (width == 2)
        return memcpy(&two, (const char *)text + at * 2, 2), two;
    return width == 1 ? ((const uint8_t *)text)[at] : (memcpy(&four, (const char *)text + at * 4, 4), four);
}

/* The character at a place before the end, and the place after it. A wrong byte is skipped together with the right ones
   before it, as section 3.9 of the Unicode standard recommends. */
static inline uint32_t winws_kit_character(const void *text, size_t width, size_t *at, size_t end) {
    uint32_t first = winws_kit_unit(text, width, (*at)++), low = 0x80, high = 0xBF, next;
    int more = first < 0xC2 || first > 0xF4 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    if (width != 1) {
        next = (first & 0xFFFFFC00u) == 0xD800 && *at < end ? winws_kit_unit(text, width, *at) : 0;
        if ((next & 0xFFFFFC00u) == 0xDC00)
            return ++*at, 0x10000 + ((first & 0x3FF) << 10) + (next & 0x3FF);
        return (first & 0xFFFFF800u) == 0xD800 || first > 0x10FFFF ? WINWS_KIT_NO_CHARACTER : first;
    }
    if (more == 0)
        return first < 0x80 ? first : WINWS_KIT_NO_CHARACTER;
    /* Overlong forms, surrogates and what is above U+10FFFF show in the second byte. */
    low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : low;
    high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : high;
    for (first &= 0x3F >> more; more > 0; more--, low = 0x80, high = 0xBF) {
        next = *at < end ? winws_kit_unit(text, 1, *at) : 0;
        if (next < low || next > high)
            return WINWS_KIT_NO_CHARACTER;
        first = first << 6 | (next & 0x3F);
        ++*at;
    }
    return first;
}

/* Writes a character in units of a width, and returns how many they are, four at most. */
static inline size_t winws_kit_spell(uint32_t character, size_t width, void *units) {
    uint8_t bytes[4];
    uint16_t pair[2];
    size_t more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3, i;
    if (width == 4)
        return memcpy(units, &character, 4), 1;
    if (width == 2) {
        pair[0] = (uint16_t)(more < 3 ? character : 0xD7C0 + (character >> 10));
        pair[1] = (uint16_t)(0xDC00 | (character & 0x3FF));
        return memcpy(units, pair, more < 3 ? 2 : 4), more < 3 ? 1 : 2;
    }
    for (i = more; i > 0; i--, character >>= 6)
        bytes[i] = (uint8_t)(0x80 | (character & 0x3F));
    bytes[0] = (uint8_t)(more == 0 ? character : (0xF0u << (3 - more) & 0xFF) | character);
    return memcpy(units, bytes, more + 1), more + 1;
}

/* Converts text between widths into memory for so many units. Returns how many units there are, also if they do not all
   fit, and says whether there was something that is no character. */
static inline size_t winws_kit_convert(const void *from, size_t from_width, size_t length, void *to, size_t to_width,
                                       size_t room, int *wrong) {
    size_t at = 0, units = 0, count;
    char spelt[4];
    while (at < length) {
        uint32_t character = winws_kit_character(from, from_width, &at, length);
        if (character == WINWS_KIT_NO_CHARACTER)
            *wrong = 1, character = 0xFFFD;
        count = winws_kit_spell(character, to_width, spelt);
        if (units + count <= room)
            memcpy((char *)to + units * to_width, spelt, count * to_width);
        else
            room = 0;
        units += count;
    }
    return units;
}

#endif
