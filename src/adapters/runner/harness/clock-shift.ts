/** The part of a realm that tells the time of day. */
export interface DateRealm {
  Date: DateConstructor;
}

/**
 * Replaces `Date` of a realm by one that is `shiftMs` ahead. Instances stay real dates, and
 * `instanceof`, subclasses and `Date.prototype` work as before. 0 changes nothing.
 */
export function installClockShift(realm: DateRealm, shiftMs: number): void {
  if (shiftMs === 0) return;
  const RealDate = realm.Date;
  const now = (): number => RealDate.now() + shiftMs;
  const handler: ProxyHandler<DateConstructor> = {
    apply: () => new RealDate(now()).toString(),
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(
        target,
        args.length === 0 ? [now()] : args,
        newTarget === shifted ? target : newTarget,
      ) as object,
    get: (target, key, receiver): unknown =>
      key === "now" ? shiftedNow : Reflect.get(target, key, receiver),
    set: (target, key, value) => {
      // A test that replaces `Date.now` must see its own one.
      if (key === "now") shiftedNow = value as typeof now;
      else Reflect.set(target, key, value);
      return true;
    },
  };
  let shiftedNow = now;
  const shifted = new Proxy(RealDate, handler);
  realm.Date = shifted;
  RealDate.prototype.constructor = shifted;
}
