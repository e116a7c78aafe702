"""Prices of a small shop. All amounts are whole cents."""

BULK = 100


def total(pieces: int, price: int) -> int:
    """What an order costs.

    An order of 100 pieces or more gets 10 % off, rounded down to a cent.
    Raises ValueError for less than one piece.
    """
    if pieces < 1:
        raise ValueError("an order has at least one piece")
    amount = pieces * price
    if pieces >= BULK:
        amount -= amount // 10
    return amount


def is_free(pieces: int, price: int, voucher: int = 0) -> bool:
    """Whether nothing is left to pay once a voucher is taken off."""
    return total(pieces, price) <= voucher


def split(amount: int, people: int) -> list[int]:
    """Splits an amount so that no two shares differ by more than a cent, larger ones first."""
    share, rest = divmod(amount, people)
    return [share + 1 if number < rest else share for number in range(people)]
