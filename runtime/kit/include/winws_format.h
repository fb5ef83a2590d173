/** @file Formatted output for stdio.h and wchar.h, with its meaning on Windows. Programs do not include this file.
 *
 * - In printf, %s is a narrow string and %S a wide one; in wprintf it is the other way round. %hs and %hS are narrow,
 *   %ls, %lS, %ws and %wS wide. %c and %C follow the same rule.
 * - `l` before an integer means 32 bits, as in %lu for a DWORD. I64, I32 and I (as wide as a pointer) exist too.
 * - %p shows all digits of a pointer, in upper case. %n is refused, as any letter without a meaning.
 *
 * A wide character is a wchar_t of either width. Text goes to streams as UTF-8, whatever the locale is, and leaves them
 * without an orientation, so that a program can mix both families. What is no character becomes U+FFFD. */
#ifndef WINWS_KIT_FORMAT_H
#define WINWS_KIT_FORMAT_H

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "winws_text.h"

/* Also between braces of extern "C", because the compiler knows a printf of C. */
#ifdef __cplusplus
extern "C++" {
#endif

/* Text in UTF-8 that grows. */
typedef struct winws_kit_output {
    char *bytes;
    size_t length, room;
    int failed;
} winws_kit_output;

static inline char *winws_kit_grow(winws_kit_output *out, size_t more) {
    if (!out->failed && out->room - out->length < more) {
        size_t room = out->room + more < 256 ? 256 : (out->room + more) * 2;
        char *bytes = more > INT_MAX / 4 || room > INT_MAX ? NULL : (char *)realloc(out->bytes, room);
        if (bytes == NULL)
            out->failed = ENOMEM;
        else
            out->bytes = bytes, out->room = room;
    }
    if (out->failed)
        return NULL;
    out->length += more;
    return out->bytes + out->length - more;
}

static inline void winws_kit_fill(winws_kit_output *out, char byte, long long count) {
    char *bytes = count > 0 ? winws_kit_grow(out, (size_t)count) : NULL;
    if (bytes != NULL)
        memset(bytes, byte, (size_t)count);
}

/* Adds so many units of text. Narrow text stays as it is. */
static inline void winws_kit_add(winws_kit_output *out, const void *text, size_t width, size_t count) {
    int wrong = 0;
    size_t length = width == 1 ? count : winws_kit_convert(text, width, count, NULL, 1, 0, &wrong);
    char *bytes = winws_kit_grow(out, length);
    if (bytes != NULL && width == 1)
        memcpy(bytes, text, length);
    else if (bytes != NULL)
        winws_kit_convert(text, width, count, bytes, 1, length, &wrong);
}

/* How a % and what follows it wants a value to be shown. */
typedef struct winws_kit_field {
    int flags, width, precision;
    char size; /* H for hh, h, l, q for 64 bits, z for the bits of a pointer, L, w, or 0 */
    char letter;
} winws_kit_field;
enum { WINWS_KIT_LEFT = 1, WINWS_KIT_PLUS = 2, WINWS_KIT_SPACE = 4, WINWS_KIT_ZERO = 8, WINWS_KIT_OTHER = 16 };
#define WINWS_KIT_FLAGS "-+ 0#"

/* A sign or a prefix, zeros, and text, in a field. */
static inline void winws_kit_place(winws_kit_output *out, const winws_kit_field *field, const char *prefix, int zeros,
                                   const void *text, size_t width, size_t count) {
    long long blanks = (long long)field->width - (long long)strlen(prefix) - zeros - (long long)count;
    int side = field->flags & (WINWS_KIT_LEFT | WINWS_KIT_ZERO);
    winws_kit_fill(out, ' ', side == 0 ? blanks : 0);
    winws_kit_add(out, prefix, 1, strlen(prefix));
    winws_kit_fill(out, '0', zeros + (side == WINWS_KIT_ZERO && blanks > 0 ? blanks : 0));
    winws_kit_add(out, text, width, count);
    winws_kit_fill(out, ' ', (side & WINWS_KIT_LEFT) != 0 ? blanks : 0);
}

static inline void winws_kit_integer(winws_kit_output *out, winws_kit_field *field, uint64_t value, int minus) {
    char digits[24], *first = digits + sizeof digits, prefix[3] = "";
    const char *all = field->letter == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    unsigned base = field->letter == 'o' ? 8 : strchr("xX", field->letter) != NULL ? 16 : 10;
    int count, is_zero = value == 0, other = field->flags & WINWS_KIT_OTHER;
    for (; value != 0; value /= base)
        *--first = all[value % base];
    count = (int)(digits + sizeof digits - first);
    if (strchr("di", field->letter) != NULL)
        prefix[0] = minus ? '-' : field->flags & WINWS_KIT_PLUS ? '+' : field->flags & WINWS_KIT_SPACE ? ' ' : 0;
    else if (other && base == 16 && !is_zero)
        prefix[0] = '0', prefix[1] = field->letter;
    /* A precision turns the flag 0 off. Without one a number has one digit at least. */
    if (field->precision >= 0)
        field->flags &= ~WINWS_KIT_ZERO;
    else
        field->precision = 1;
    if (other && base == 8 && field->precision <= count)
        field->precision = count + 1;
    field->precision = field->precision > count ? field->precision - count : 0;
    winws_kit_place(out, field, prefix, field->precision, first, 1, (size_t)count);
}

/* The C library writes floating numbers, which look the same on Windows. */
static inline void winws_kit_float(winws_kit_output *out, const winws_kit_field *field, double value) {
    char format[16] = "%", *end = format + 1, *bytes;
    int length, i;
    for (i = 0; WINWS_KIT_FLAGS[i] != 0; i++)
        if (field->flags & 1 << i)
            *end++ = WINWS_KIT_FLAGS[i];
    memcpy(end, "*.*", 3);
    end[3] = field->letter;
    length = __builtin_snprintf(NULL, 0, format, field->width, field->precision, value);
    bytes = winws_kit_grow(out, length < 0 ? INT_MAX : (size_t)length + 1);
    if (bytes != NULL) {
        __builtin_snprintf(bytes, (size_t)length + 1, format, field->width, field->precision, value);
        out->length--;
    }
}

/* A number of 32 bits, or of as many as its size says. */
#define WINWS_KIT_ARGUMENT(field, sign)                                                                               \
    ((field).size == 'q' ? va_arg(arguments, sign long long)                                                          \
     : (field).size == 'z' ? (sign long long)va_arg(arguments, sign long) : va_arg(arguments, sign int))
/* A width or a precision: digits, or * for an argument. */
#define WINWS_KIT_NUMBER(number)                                                                                      \
    if (letter == '*') {                                                                                              \
        number = va_arg(arguments, int);                                                                              \
        letter = winws_kit_unit(format, width, ++at);                                                                 \
    } else                                                                                                            \
        for (; letter >= '0' && letter <= '9'; letter = winws_kit_unit(format, width, ++at))                          \
            number = number > (INT_MAX - 9) / 10 ? INT_MAX / 4 : number * 10 + (int)(letter - '0')

/* Writes a format of narrow (1) or wide units. Returns 0, or a number of errno. */
static inline int winws_kit_format(winws_kit_output *out, const void *format, size_t width, va_list arguments) {
    size_t at = 0, start, count, unit;
    uint32_t letter;
    while (format != NULL) {
        winws_kit_field field = {0, 0, -1, 0, 0};
        const char *flag;
        for (start = at; (letter = winws_kit_unit(format, width, at)) != 0 && letter != '%'; at++)
            ;
        winws_kit_add(out, (const char *)format + start * width, width, at - start);
        if (letter == 0)
            return out->failed;
        for (letter = winws_kit_unit(format, width, ++at); letter != 0 && letter < 0x80 &&
             (flag = strchr(WINWS_KIT_FLAGS, (int)letter)) != NULL; letter = winws_kit_unit(format, width, ++at))
            field.flags |= 1 << (flag - &WINWS_KIT_FLAGS[0]);
        WINWS_KIT_NUMBER(field.width);
        if (field.width < 0) {
            field.flags |= WINWS_KIT_LEFT;
            field.width = field.width < -INT_MAX ? INT_MAX : -field.width;
        }
        if (letter == '.') {
            field.precision = 0;
            letter = winws_kit_unit(format, width, ++at);
            WINWS_KIT_NUMBER(field.precision);
        }
        for (; letter != 0 && letter < 0x80 && strchr("hljztLwI", (int)letter) != NULL;
             letter = winws_kit_unit(format, width, ++at)) {
            uint32_t tens = letter != 'I' ? 0 : winws_kit_unit(format, width, at + 1);
            uint32_t ones = tens == 0 ? 0 : winws_kit_unit(format, width, at + 2);
            if ((tens == '6' && ones == '4') || (tens == '3' && ones == '2'))
                field.size = tens == '6' ? 'q' : 'l', at += 2;
            else if (letter == (uint32_t)field.size)
                field.size = letter == 'h' ? 'H' : letter == 'l' ? 'q' : field.size;
            else
                field.size = letter == 'j' ? 'q' : letter == 't' || letter == 'I' ? 'z' : (char)letter;
        }
        at++;
        field.letter = letter < 0x80 ? (char)letter : 0;
        switch (field.letter) {
        case '%':
            winws_kit_add(out, "%", 1, 1);
            break;
        case 'd': case 'i': {
            long long value = WINWS_KIT_ARGUMENT(field, signed);
            value = field.size == 'H' ? (signed char)value : field.size == 'h' ? (short)value : value;
            winws_kit_integer(out, &field, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0);
            break;
        }
        case 'p':
            field.size = 'z';
            field.letter = 'X';
            field.precision = (int)sizeof(void *) * 2;
            /* fall through */
        case 'u': case 'o': case 'x': case 'X': {
            unsigned long long value = WINWS_KIT_ARGUMENT(field, unsigned);
            value = field.size == 'H' ? (unsigned char)value : field.size == 'h' ? (unsigned short)value : value;
            winws_kit_integer(out, &field, value, 0);
            break;
        }
        case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'a': case 'A':
            /* A long double is a double on Windows. */
            winws_kit_float(out, &field,
                            field.size == 'L' ? (double)va_arg(arguments, long double) : va_arg(arguments, double));
            break;
        case 'c': case 'C': case 's': case 'S':
            unit = (width != 1) == (letter == 'c' || letter == 's') ? sizeof(wchar_t) : 1;
            unit = field.size == 'h' ? 1 : field.size == 'l' || field.size == 'w' ? sizeof(wchar_t) : unit;
            if (letter == 'c' || letter == 'C') {
                int value = va_arg(arguments, int);
                char narrow = (char)value;
                wchar_t wide = (wchar_t)value;
                winws_kit_place(out, &field, "", 0, unit == 1 ? (void *)&narrow : (void *)&wide, unit, 1);
            } else {
                const void *text = va_arg(arguments, const void *);
                if (text == NULL)
                    text = "(null)", unit = 1;
                for (count = 0; count != (size_t)field.precision && winws_kit_unit(text, unit, count) != 0; count++)
                    ;
                winws_kit_place(out, &field, "", 0, text, unit, count);
            }
            break;
        default:
            return EINVAL;
        }
    }
    return EINVAL;
}

/* Formats text, and returns how many units of a width it has, or -1. The caller frees the bytes. */
static inline int winws_kit_text(winws_kit_output *out, const void *format, size_t width, va_list arguments) {
    int wrong, error = winws_kit_format(out, format, width, arguments);
    if (error != 0) {
        free(out->bytes);
        out->bytes = NULL;
        errno = error;
        return -1;
    }
    return (int)(width == 1 ? out->length : winws_kit_convert(out->bytes, 1, out->length, NULL, width, 0, &wrong));
}

static inline int winws_kit_to_stream(FILE *stream, const void *format, size_t width, va_list arguments) {
    winws_kit_output out = {NULL, 0, 0, 0};
    int count = winws_kit_text(&out, format, width, arguments);
    size_t at = 0;
    /* Bytes have no way into a stream that somebody else, such as std::wcout, has made wide. */
    int is_wide = fwide(stream, 0) > 0;
    while (count > 0 && is_wide && at < out.length) {
        uint32_t character = winws_kit_character(out.bytes, 1, &at, out.length);
        if (fputwc((wchar_t)(character == WINWS_KIT_NO_CHARACTER ? 0xFFFD : character), stream) == WEOF)
            count = -1;
    }
    if (count > 0 && !is_wide && fwrite(out.bytes, 1, out.length, stream) != out.length)
        count = -1;
    free(out.bytes);
    return count;
}

/* Writes into memory for so many units, a terminating zero among them. Returns the units that the text has, also if not
   all fit. */
static inline int winws_kit_to_memory(void *buffer, size_t room, const void *format, size_t width, va_list arguments) {
    winws_kit_output out = {NULL, 0, 0, 0};
    int wrong, count = winws_kit_text(&out, format, width, arguments);
    size_t kept = count < 0 ? 0 : (size_t)count < room ? (size_t)count : room - 1, zeros = kept < 2 ? kept : 1;
    if (room > 0) {
        memset((char *)buffer + (kept - zeros) * width, 0, (zeros + 1) * width);
        if (count > 0 && width == 1)
            memcpy(buffer, out.bytes, kept);
        else if (count > 0)
            winws_kit_convert(out.bytes, 1, out.length, buffer, width, kept, &wrong);
    }
    free(out.bytes);
    return count;
}

/* As winws_kit_to_memory, and the memory is empty if the text does not fit. */
static inline int winws_kit_to_memory_s(void *buffer, size_t room, const void *format, size_t width, va_list list) {
    int count = buffer == NULL || room == 0 ? -1 : winws_kit_to_memory(buffer, room, format, width, list);
    if (count >= 0 && (size_t)count < room)
        return count;
    errno = count < 0 ? EINVAL : ERANGE;
    if (buffer != NULL && room > 0)
        memset(buffer, 0, width);
    return -1;
}

static inline int winws_kit_fitting(int count, size_t size) { return count < 0 || (size_t)count >= size ? -1 : count; }

/* Each function has a symbol of its own, because the compiler calls those of the C library by their names. */
#define WINWS_KIT_V(name, parameters, call)                                                                           \
    static inline int name parameters WINWS_KIT_SYMBOL(name);                                                         \
    static inline int name parameters { return call; }
#define WINWS_KIT_F(name, parameters, call)                                                                           \
    static inline int name parameters WINWS_KIT_SYMBOL(name);                                                         \
    static inline int name parameters {                                                                               \
        int count;                                                                                                    \
        va_list list;                                                                                                 \
        va_start(list, format);                                                                                       \
        count = call;                                                                                                 \
        va_end(list);                                                                                                 \
        return count;                                                                                                 \
    }
#define WINWS_KIT_TEXT const char *format
#define WINWS_KIT_WIDE const wchar_t *format

/* Text into a stream. They return how many units there are, or -1. */
WINWS_KIT_V(vfprintf, (FILE *stream, WINWS_KIT_TEXT, va_list list), winws_kit_to_stream(stream, format, 1, list))
WINWS_KIT_V(vprintf, (WINWS_KIT_TEXT, va_list list), vfprintf(stdout, format, list))
WINWS_KIT_F(fprintf, (FILE *stream, WINWS_KIT_TEXT, ...), vfprintf(stream, format, list))
WINWS_KIT_F(printf, (WINWS_KIT_TEXT, ...), vfprintf(stdout, format, list))
WINWS_KIT_V(vfwprintf, (FILE *stream, WINWS_KIT_WIDE, va_list list),
            winws_kit_to_stream(stream, format, sizeof *format, list))
WINWS_KIT_V(vwprintf, (WINWS_KIT_WIDE, va_list list), vfwprintf(stdout, format, list))
WINWS_KIT_F(fwprintf, (FILE *stream, WINWS_KIT_WIDE, ...), vfwprintf(stream, format, list))
WINWS_KIT_F(wprintf, (WINWS_KIT_WIDE, ...), vfwprintf(stdout, format, list))

/* Text into memory. The narrow ones return how long the text is even if it is cut, the wide ones -1 then. */
WINWS_KIT_V(vsnprintf, (char *to, size_t size, WINWS_KIT_TEXT, va_list list),
            winws_kit_to_memory(to, size, format, 1, list))
WINWS_KIT_F(snprintf, (char *to, size_t size, WINWS_KIT_TEXT, ...), vsnprintf(to, size, format, list))
WINWS_KIT_V(vsprintf, (char *to, WINWS_KIT_TEXT, va_list list), vsnprintf(to, INT_MAX, format, list))
WINWS_KIT_F(sprintf, (char *to, WINWS_KIT_TEXT, ...), vsnprintf(to, INT_MAX, format, list))
WINWS_KIT_V(vswprintf, (wchar_t *to, size_t size, WINWS_KIT_WIDE, va_list list),
            winws_kit_fitting(winws_kit_to_memory(to, size, format, sizeof *to, list), size))
WINWS_KIT_F(swprintf, (wchar_t *to, size_t size, WINWS_KIT_WIDE, ...), vswprintf(to, size, format, list))

/* The same, with nothing in the memory, -1 and errno if the text does not fit. Windows would end the program then. */
WINWS_KIT_F(sprintf_s, (char *to, size_t size, WINWS_KIT_TEXT, ...), winws_kit_to_memory_s(to, size, format, 1, list))
WINWS_KIT_F(swprintf_s, (wchar_t *to, size_t size, WINWS_KIT_WIDE, ...),
            winws_kit_to_memory_s(to, size, format, sizeof *to, list))

/* The number that a wide text begins with, in decimal, or 0. */
static inline int _wtoi(const wchar_t *text) {
    long long value = 0, sign = 1;
    while (*text == L' ' || (*text >= L'\t' && *text <= L'\r'))
        text++;
    if (*text == L'-' || *text == L'+')
        sign = *text++ == L'-' ? -1 : 1;
    for (; *text >= L'0' && *text <= L'9' && value <= INT_MAX; text++)
        value = value * 10 + (*text - L'0');
    return sign * value > INT_MAX ? INT_MAX : sign * value < INT_MIN ? INT_MIN : (int)(sign * value);
}

#ifdef __cplusplus
/* In C++ the size of an array need not be said. */
template <size_t Size, typename... V> int sprintf_s(char (&to)[Size], const char *format, V... values) {
    return sprintf_s(to, Size, format, values...);
}
template <size_t Size, typename... V> int swprintf_s(wchar_t (&to)[Size], const wchar_t *format, V... values) {
    return swprintf_s(to, Size, format, values...);
}
}
#endif

#if __SIZEOF_WCHAR_T__ == 2 && !defined(__cplusplus)
/* Wide characters of the C library have four bytes whatever the compiler is told. For C++ see wchar.h. */
#pragma GCC poison wcslen wcsnlen wcscpy wcsncpy wcscat wcsncat wcscmp wcsncmp wcscoll wcsdup wcschr wcsrchr wcsstr
#pragma GCC poison wcstok wcsspn wcscspn wcspbrk wcstol wcstoul wcstoll wcstoull wcstod wmemcpy wmemset wmemcmp wmemchr
#pragma GCC poison fputws fgetws fputwc fgetwc putwc getwc putwchar getwchar swscanf wscanf fwscanf
#endif

#endif
