import { describe, expect, test } from "vitest";
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

  test("refuses ownership after disposal", async () => {
    const stack = new DisposeStack();
    await stack[Symbol.asyncDispose]();
    expect(() => {
      stack.defer(() => undefined);
    }).toThrow("already disposed");
  });
});
