import { CURRENCIES, type CurrencyCode } from "./currency.ts";
import { Money } from "./money.ts";

export interface FormatOptions {
  /** Between groups of three digits; default `","`. */
  readonly group?: string;
  /** Before the decimal places; default `"."`. */
  readonly decimal?: string;
  /** Writes `EUR` behind the number instead of the symbol before it. */
  readonly useCode?: boolean;
}

/**
 * Writes an amount for people.
 *
 * @example
 * formatMoney(new Money(123456, "USD")); // "$1,234.56"
 */
export function formatMoney(money: Money, options: FormatOptions = {}): string {
  const { group = ",", decimal = ".", useCode = false } = options;
  const { decimals, symbol } = CURRENCIES[money.currency];
  const digits = Math.abs(money.minor)
    .toString()
    .padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, () => group);
  const number = decimals === 0 ? grouped : grouped + decimal + fraction;
  const sign = money.minor < 0 ? "-" : "";
  return useCode ? `${sign}${number} ${money.currency}` : `${sign}${symbol}${number}`;
}

/**
 * Reads an amount in plain notation, such as `1,234.56`, `-12` or `12.5`.
 *
 * @throws {SyntaxError} when the text is no amount, or has more decimal places than the currency
 * @throws {RangeError} when the amount is too large to be exact
 * @example
 * parseMoney("1,234.5", "EUR").minor; // 123450
 */
export function parseMoney(text: string, currency: CurrencyCode): Money {
  const match = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) throw new SyntaxError(`"${text}" is no amount`);
  const [, sign, whole = "", fraction = ""] = match;
  const { decimals } = CURRENCIES[currency];
  if (fraction.length > decimals) {
    throw new SyntaxError(
      `${currency} has ${decimals} decimal places, "${text}" has ${fraction.length}`,
    );
  }
  const minor = Number(whole.replaceAll(",", "") + fraction.padEnd(decimals, "0"));
  return new Money(sign === "-" ? -minor : minor, currency);
}
