import { pathToFileURL } from "node:url";
import { applyPlan } from "../parameters/plan-parameters.ts";
import { createProviderModel } from "./provider-models.ts";
import { toCallOptions } from "./to-prompt.ts";
import type { WireCall } from "./wire.ts";

/** Where a request would go and with which body. Sends nothing. */
export async function explainCall(
  call: WireCall,
): Promise<{ readonly url: string; readonly body: Readonly<Record<string, unknown>> }> {
  if (call.endpoint.kind === "gguf") {
    const { toGenerateBody, toModelFile } = await import("./gguf/open-gguf.ts");
    const url = pathToFileURL(toModelFile(call).path).href;
    return { url, body: { ...toGenerateBody(call) } };
  }
  const seen: { url: string; body: Record<string, unknown> } = { url: "", body: {} };
  const caught = new Error("the request is explained");
  const model = await createProviderModel(call.endpoint, call.model, (url, init) => {
    seen.url = url instanceof Request ? url.url : String(url);
    const made = JSON.parse(typeof init?.body === "string" ? init.body : "{}") as object;
    seen.body = applyPlan(call.endpoint.kind, { ...made }, call.plan);
    return Promise.reject(caught);
  });
  try {
    await model.doStream(toCallOptions(call, new AbortController().signal));
  } catch (failure) {
    if (failure !== caught) throw failure;
  }
  return seen;
}
