import type { DisposeStack } from "../kernel/dispose.ts";
import { RegooseError } from "../kernel/errors.ts";

/**
 * Opens a resource when an Action first needs it, for all that come after it in this process; `owned` releases it. What
 * failed, or was not there within the time limit of the Action that waited, is opened anew for the next attempt.
 */
export function createOpenOnce<T extends AsyncDisposable>(
  owned: DisposeStack,
  open: () => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let opening: Promise<T> | null = null;
  const openOwned = async (): Promise<T> => {
    const opened = await open();
    if (!owned.disposed) return owned.use(opened);
    await opened[Symbol.asyncDispose]();
    throw new Error("it came after its owner had ended");
  };
  return async (signal) => {
    const mine = (opening ??= openOwned());
    const forget = (): void => {
      if (opening === mine) opening = null;
    };
    const onAbort = (): void => {
      if (isTimeLimit(signal.reason)) forget();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await mine;
    } catch (failure) {
      forget();
      throw failure;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
}

/** A user who stops the run does not stop what is being opened: the run still says what it stood on. */
function isTimeLimit(reason: unknown): boolean {
  return reason instanceof RegooseError && reason.code === "RGS-1019";
}
