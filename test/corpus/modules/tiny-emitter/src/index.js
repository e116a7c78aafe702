/** @typedef {(...args: any[]) => void} Listener */

/** Named events, delivered at once and in order. */
export class Emitter {
  /** Event → listener → whether it is called once only. @type {Map<string, Map<Listener, boolean>>} */
  #events = new Map();

  /**
   * Adds a listener.
   *
   * @returns {() => void} removes it again
   */
  on(event, listener) {
    this.#add(event, listener, false);
    return () => {
      this.off(event, listener);
    };
  }

  /** Adds a listener that is removed just before it is called for the first time. */
  once(event, listener) {
    this.#add(event, listener, true);
  }

  /** @returns {boolean} whether it was there */
  off(event, listener) {
    const listeners = this.#events.get(event);
    const wasThere = listeners?.delete(listener) ?? false;
    if (listeners?.size === 0) this.#events.delete(event);
    return wasThere;
  }

  /** @returns {number} how many listeners were called */
  emit(event, ...args) {
    const errors = [];
    let calls = 0;
    for (const [listener, isOnce] of this.#events.get(event) ?? []) {
      if (isOnce) this.off(event, listener);
      calls += 1;
      try {
        listener(...args);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return calls;
  }

  /** @returns {Promise<any[]>} the arguments of the next time */
  next(event) {
    return new Promise((resolve) => {
      this.once(event, (...args) => resolve(args));
    });
  }

  listenerCount(event) {
    return this.#events.get(event)?.size ?? 0;
  }

  #add(event, listener, isOnce) {
    let listeners = this.#events.get(event);
    if (listeners === undefined) {
      listeners = new Map();
      this.#events.set(event, listeners);
    }
    if (!listeners.has(listener)) listeners.set(listener, isOnce);
  }
}
