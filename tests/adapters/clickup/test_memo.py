"""An answer holds for a minute."""

import pytest

from connector.adapters.clickup.memo import SECONDS, Memo
from connector.errors import TryLater


async def test_a_question_is_asked_once_a_minute() -> None:
    """Within a minute the same answer comes without asking, after it the question is asked anew."""
    now, asked = [0.0], []

    async def ask() -> int:
        asked.append(now[0])
        return len(asked)

    memo = Memo(ask, lambda: now[0])
    assert [await memo.get(), await memo.get()] == [1, 1]
    now[0] = SECONDS - 0.1
    assert await memo.get() == 1
    now[0] = SECONDS
    assert await memo.get() == 2


async def test_a_failure_is_not_kept() -> None:
    """What could not be answered is asked again at once."""
    answers = iter([False, True])

    async def ask() -> bool:
        if not (found := next(answers)):
            raise TryLater("Not now.")
        return found

    memo = Memo(ask)
    with pytest.raises(TryLater):
        await memo.get()
    assert await memo.get()
