"use strict";
// Preloaded where a suite has to hold on another date: moves the wall clock by BENCH_SHIFT_MS.
const shift = Number(process.env.BENCH_SHIFT_MS ?? 0);
const RealDate = Date;
const now = RealDate.now.bind(RealDate);

if (shift !== 0) {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now() + shift] : args, newTarget),
    apply: () => new RealDate(now() + shift).toString(),
    get: (target, key, receiver) =>
      key === "now" ? () => now() + shift : Reflect.get(target, key, receiver),
  });
  RealDate.prototype.constructor = globalThis.Date;
}
