import type { CallableHint, ModuleModel } from "../../contract/api-model.ts";
import type { Random } from "../../kernel/random.ts";
import type { ModuleKit } from "../engine/compose.ts";
import { discoverTargets } from "../engine/surface.ts";
import type { ValueTools } from "../engine/value-tools.ts";
import type { Job } from "../protocol.ts";
import { mutateValue } from "../values/mutate-value.ts";
import { simplifications } from "../values/simplify-value.ts";
import { createValueSource } from "../values/value-source.ts";
import type { LoadedModule } from "./modules.ts";

/** What each loaded module offers, in the order of the job. */
export function createKits(
  job: Job,
  modules: ReadonlyMap<string, LoadedModule>,
  random: Random,
): ModuleKit[] {
  return job.modules.flatMap((model) => {
    const module = modules.get(model.file);
    if (module === undefined) return [];
    const targets = discoverTargets(module, model, job.only);
    return [
      {
        file: model.file,
        targets,
        values: createTools(random.fork(model.file), model, targets),
        methods: indexMethods(model, ({ path }) => `${path.at(-3) ?? ""}.${path.at(-1) ?? ""}`),
        methodsByName: indexMethods(model, ({ path }) => path.at(-1) ?? ""),
        usesFixture: job.fixtureModules.includes(model.file),
      },
    ];
  });
}

function createTools(
  random: Random,
  model: ModuleModel,
  targets: ModuleKit["targets"],
): ValueTools {
  const source = createValueSource({
    random,
    model,
    instancePaths: targets.filter(({ kind }) => kind === "constructor").map(({ path }) => path),
  });
  return {
    forParameter: (hint, wish) => source.forParameter(hint, wish),
    forType: (type, depth) => source.forType(type, depth),
    any: () => source.any(),
    observe: (value) => {
      source.observe(value);
    },
    mutate: (chance, gene) => mutateValue(chance, gene, source),
    simplify: (gene) => simplifications(gene),
  };
}

function indexMethods(
  model: ModuleModel,
  toKey: (hint: CallableHint) => string,
): ReadonlyMap<string, CallableHint> {
  const index = new Map<string, CallableHint>();
  for (const hint of model.callables) {
    if (hint.kind === "method" && !index.has(toKey(hint))) index.set(toKey(hint), hint);
  }
  return index;
}
