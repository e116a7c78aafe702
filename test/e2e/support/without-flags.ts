// Preloaded into the built command by tests: the provider of feature flags is down. FLAGS_FAULT says how: `gone` lets
// the library fail to load, `silent` lets its provider never get ready, `failing` lets it fail to.
import { registerHooks } from "node:module";

const fault = process.env["FLAGS_FAULT"];

if (fault === "gone") {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === "@openfeature/server-sdk")
        throw new Error(`Cannot find package '${specifier}'`);
      return next(specifier, context);
    },
  });
} else {
  const { OpenFeature } = await import("@openfeature/server-sdk");
  OpenFeature.setProviderAndWait = (): Promise<void> =>
    fault === "silent"
      ? new Promise(() => undefined)
      : Promise.reject(new Error("the provider is not ready"));
}
