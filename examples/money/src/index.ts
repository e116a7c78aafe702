export { CurrencyMismatch, Money, sum } from "./money.ts";
export { CURRENCIES, type CurrencyCode } from "./currency.ts";
export { formatMoney, parseMoney, type FormatOptions } from "./text.ts";
