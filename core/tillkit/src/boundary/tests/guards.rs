use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::super::{Answer, Charged, Code, Guarded, Retry, guarded};

#[test]
fn a_panic_is_one_internal_failure_whose_charge_is_unknown() {
    let refused = guarded::<()>(|| panic!("the roof fell in")).unwrap_err();
    assert_eq!((refused.code, refused.charged), (Code::Internal, Charged::Unknown));
    assert_eq!(refused.retry, Retry::AfterLookup);
    assert!(refused.message.contains("the roof fell in"), "{}", refused.message);
    assert_eq!(guarded(|| Ok(7)).unwrap(), 7);
}

#[test]
fn a_future_that_panics_is_over() {
    async fn falls(deep: u8) -> Answer<u8> {
        std::future::ready(()).await;
        assert!(deep < 3, "too deep: {deep}");
        Ok(deep)
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut falling = pin!(Guarded::new(falls(9)));
    let Poll::Ready(Err(first)) = falling.as_mut().poll(&mut context) else { panic!("it hangs") };
    assert!(first.message.contains("too deep: 9"), "{}", first.message);
    let Poll::Ready(Err(again)) = falling.as_mut().poll(&mut context) else { panic!("it hangs") };
    assert_eq!(again.code, Code::Internal);
    assert_eq!(pin!(Guarded::new(falls(2))).poll(&mut context), Poll::Ready(Ok(2)));
}
