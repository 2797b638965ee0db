import pytest

from noteai.resources.language_model import CostCapReached, Price, Terms, Usage
from noteai.resources.language_model.account import Account

TERMS = Terms(
    model="m",
    context=4096,
    max_output=1000,
    price=Price(tokens_in=1000.0, tokens_out=1000.0),
    max_cost=2.5,
)
"""A dollar for an answer's thousand tokens, and one for a thousand of the request."""


def test_what_may_come_is_held_until_it_is_known() -> None:
    account = Account()
    planned = account.reserve(TERMS, 1000)
    assert account.held == planned == 2.0
    account.settle(planned, Usage(answers=1, tokens_in=1000, tokens_out=10, cost=1.01))
    assert (account.held, account.spent.cost) == (0.0, 1.01)


def test_what_is_held_counts_against_the_cap() -> None:
    account = Account()
    account.reserve(TERMS, 1000)
    with pytest.raises(CostCapReached, match=r"2\.0000 \+ 1\.1000 dollars exceed 2\.5000"):
        account.reserve(TERMS, 100)
    assert account.held == 2.0


def test_what_is_released_can_be_planned_again() -> None:
    account = Account()
    account.release(account.reserve(TERMS, 1000))
    assert account.reserve(TERMS, 1500) == 2.5


def test_without_a_price_nothing_is_held() -> None:
    assert Account().reserve(Terms(model="m"), 10**9) == 0.0


def test_a_cap_that_cannot_be_counted_lets_nothing_through() -> None:
    with pytest.raises(CostCapReached):
        Account().reserve(Terms(model="m", max_cost=100.0), 1)


def test_what_a_run_spent_counts_for_the_model_as_well() -> None:
    whole = Account()
    run = Account(towards=whole)
    run.settle(run.reserve(TERMS, 1000), Usage(answers=1, cost=1.5))
    assert (whole.spent.cost, whole.held) == (1.5, 0.0)
    assert Account(towards=whole).reserve(TERMS, 1000) == 2.0
