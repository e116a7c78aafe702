// Package ledger keeps balances in whole cents.
package ledger

import "errors"

// ErrShort says that a balance does not suffice.
var ErrShort = errors.New("the balance does not suffice")

// Withdraw takes an amount off a balance. It gives ErrShort, and the balance as it was, where the amount is larger.
func Withdraw(balance, amount int) (int, error) {
	if amount > balance {
		return balance, ErrShort
	}
	return balance - amount, nil
}

// Largest is the largest of some amounts, and 0 for none.
func Largest(amounts []int) int {
	largest := 0
	for at, amount := range amounts {
		if at == 0 || amount > largest {
			largest = amount
		}
	}
	return largest
}
