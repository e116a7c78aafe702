import { afterEach, describe, expect, test, vi } from "vitest";
import { DisposeStack } from "../../../src/kernel/dispose.ts";

describe("dispose stack", () => {
  test("releases in reverse order, once", async () => {
    const order: string[] = [];
    const stack = new DisposeStack();
    stack.defer(() => void order.push("first"));
    stack.use({ [Symbol.dispose]: () => void order.push("second") });
    stack.use({ [Symbol.asyncDispose]: () => Promise.resolve(void order.push("third")) });
    expect(stack.disposed).toBe(false);
    await stack[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
    expect(order).toEqual(["third", "second", "first"]);
    expect(stack.disposed).toBe(true);
  });

  test("releases the rest when one release fails, then throws it", async () => {
    const order: string[] = [];
    const stack = new DisposeStack();
    stack.defer(() => void order.push("first"));
    stack.defer(() => {
      throw new Error("broken");
    });
    await expect(stack[Symbol.asyncDispose]()).rejects.toThrow("broken");
    expect(order).toEqual(["first"]);
  });

  test("gathers several failures", async () => {
    const stack = new DisposeStack();
    stack.defer(() => Promise.reject(new Error("one")));
    stack.defer(() => Promise.reject(new Error("two")));
    await expect(stack[Symbol.asyncDispose]()).rejects.toBeInstanceOf(AggregateError);
  });

  describe("that is being disposed", () => {
    afterEach(() => {
      vi.useRealTimers();
    });

    test("lets a second caller wait for the same end", async () => {
      const order: string[] = [];
      const gate = Promise.withResolvers<undefined>();
      const stack = new DisposeStack();
      stack.defer(async () => {
        await gate.promise;
        order.push("released");
      });
      const first = stack[Symbol.asyncDispose]();
      const second = stack[Symbol.asyncDispose]().then(() => order.push("second is told"));
      await new Promise((resolve) => setImmediate(resolve));
      expect(order).toEqual([]);
      gate.resolve(undefined);
      await Promise.all([first, second]);
      expect(order).toEqual(["released", "second is told"]);
    });

    test("tells a second caller of the same failure", async () => {
      const stack = new DisposeStack();
      stack.defer(() => Promise.reject(new Error("broken")));
      const both = [stack[Symbol.asyncDispose](), stack[Symbol.asyncDispose]()];
      const ends = await Promise.allSettled(both);
      expect(ends.map((end) => end.status)).toEqual(["rejected", "rejected"]);
    });

    test("keeps a second caller no longer than the limit", async () => {
      vi.useFakeTimers();
      const stack = new DisposeStack();
      stack.defer(() => new Promise(() => undefined));
      void stack[Symbol.asyncDispose]();
      const second = expect(stack[Symbol.asyncDispose]()).rejects.toThrow("after 30 s");
      await vi.advanceTimersByTimeAsync(30_000);
      await second;
    });

    test("leaves no timer behind", async () => {
      vi.useFakeTimers();
      const stack = new DisposeStack();
      stack.defer(() => Promise.resolve());
      await Promise.all([stack[Symbol.asyncDispose](), stack[Symbol.asyncDispose]()]);
      expect(vi.getTimerCount()).toBe(0);
    });

    test("releases once where a release disposes its owner", async () => {
      const order: string[] = [];
      const stack = new DisposeStack();
      stack.defer(() => {
        order.push("released");
        void stack[Symbol.asyncDispose]();
      });
      await stack[Symbol.asyncDispose]();
      expect(order).toEqual(["released"]);
    });
  });

  test("refuses ownership after disposal", async () => {
    const stack = new DisposeStack();
    await stack[Symbol.asyncDispose]();
    expect(() => {
      stack.defer(() => undefined);
    }).toThrow("already disposed");
  });
});
