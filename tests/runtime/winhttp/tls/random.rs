//! Certificates of any bytes: what fuzzing looks for, in short.

use proptest::collection::vec;
use proptest::prelude::*;
use winws_tests_runtime::entry::certificates;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn certificates_with_some_bytes_changed(
        template in 0_u8..6,
        demands in any::<u8>(),
        changes in vec((0_u16..1200, any::<u8>()), 0..4),
    ) {
        let changes = changes.into_iter().flat_map(|(at, byte)| [at.to_be_bytes().to_vec(), vec![byte]].concat());
        certificates(&[template, demands].into_iter().chain(changes).collect::<Vec<_>>());
    }

    #[test]
    fn certificates_of_any_bytes(demands in any::<u8>(), chain in vec(vec(any::<u8>(), 0..60), 0..3)) {
        let chain = chain.into_iter().flat_map(|bytes| [vec![0, u8::try_from(bytes.len()).unwrap()], bytes].concat());
        certificates(&[0xff, demands].into_iter().chain(chain).collect::<Vec<_>>());
    }
}
