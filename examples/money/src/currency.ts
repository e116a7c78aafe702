/** How many decimal places the minor unit of a currency has, and how the currency is written. */
export interface Currency {
  readonly decimals: number;
  readonly symbol: string;
}

export type CurrencyCode = "EUR" | "USD" | "GBP" | "JPY" | "KWD";

export const CURRENCIES: Readonly<Record<CurrencyCode, Currency>> = {
  EUR: { decimals: 2, symbol: "€" },
  USD: { decimals: 2, symbol: "$" },
  GBP: { decimals: 2, symbol: "£" },
  JPY: { decimals: 0, symbol: "¥" },
  KWD: { decimals: 3, symbol: "KD" },
};
