import { runWithDone } from "../harness/callback-style.ts";
import { toSeededOrder } from "../harness/seeded-order.ts";
import { splitClone, type Session, type TestRef } from "../harness/session.ts";

/** `node:test` as its importers see it: a function with the other functions on it. */
type TestModule = ((...parts: unknown[]) => unknown) & Record<string, unknown>;
type Callback = (this: unknown, ...parts: unknown[]) => unknown;

const TEST_NAMES = ["test", "it"];
const SUITE_NAMES = ["describe", "suite"];

/** Stands before `node:test`: observes tests, shuffles them, and registers a clone for each pair. */
export interface NodeShim {
  readonly module: TestModule;
  /** Whether the file registered anything, so that node:test came to life. */
  isUsed(): boolean;
  /** How many tests were registered so far, subtests left aside. */
  countTests(): number;
  /**
   * Loads several files into this process, one after the other, and only then registers what they
   * registered: no test runs while a file loads, and hooks at the root of a file stay within it.
   */
  loadAll(load: (file: string) => Promise<unknown>): Promise<void>;
}

export interface ShimOptions {
  /** Project-relative files of the process. */
  readonly files: readonly string[];
  /** Called before the first registration. */
  readonly onFirst: () => void;
}

interface Scope {
  readonly path: readonly string[];
  readonly file: string;
  /** Registrations held back for shuffling or until all files are loaded; null registers at once. */
  held: (() => unknown)[] | null;
}

/** Leads the names at the root of a file where a process holds several. */
const FILE_MARK = /^«file (\d+)» /u;

/** Takes the mark of its file off a name at the root; an unmarked one is of the first file. */
export function readFileMark(
  files: readonly string[],
  markedTitle: string,
): { readonly file: string; readonly markedTitle: string } {
  const index = FILE_MARK.exec(markedTitle)?.[1];
  return {
    file: files[Number(index ?? 0)] ?? "",
    markedTitle: markedTitle.replace(FILE_MARK, ""),
  };
}

/** Wraps the real module. Subtests made through a test's context are left as they are. */
export function createNodeShim(real: TestModule, session: Session, options: ShimOptions): NodeShim {
  const registry = new Registry(real, session, options);
  const wrapTest = (target: Callback): Callback =>
    function (...parts) {
      return registry.addTest(target, toParts(parts));
    };
  const wrapSuite = (target: Callback): Callback =>
    function (...parts) {
      return registry.addSuite(target, toParts(parts));
    };
  const module = withVariants(real, wrapTest) as TestModule;
  for (const [name, value] of Object.entries(real)) {
    if (TEST_NAMES.includes(name)) module[name] = module;
    else if (SUITE_NAMES.includes(name)) module[name] = withVariants(value as Callback, wrapSuite);
    else if (/^(?:before|after)/u.test(name)) {
      module[name] = (...parts: unknown[]): unknown =>
        registry.addHook(value as Callback, name.endsWith("Each"), parts);
    } else if (!(name in module)) module[name] = value;
  }
  module["default"] = module;
  return {
    module,
    isUsed: () => registry.isOpen(),
    countTests: () => registry.countTests(),
    loadAll: (load) => registry.loadAll(load),
  };
}

/** The wrapped function with `only`; `skip` and `todo` stay real, since nothing of them runs. */
function withVariants(target: Callback, wrap: (inner: Callback) => Callback): Callback {
  const wrapped = wrap(target) as Callback & Record<string, unknown>;
  const variants = target as Callback & Record<string, Callback>;
  if (typeof variants["only"] === "function") wrapped["only"] = wrap(variants["only"]);
  for (const name of ["skip", "todo"]) wrapped[name] = variants[name];
  return wrapped;
}

interface Parts {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly body: Callback | undefined;
}

/** Reads `(name?, options?, fn?)` as node:test does. */
function toParts(parts: readonly unknown[]): Parts {
  const body = parts.find((part) => typeof part === "function") as Callback | undefined;
  const options = (parts.find((part) => typeof part === "object" && part !== null) ??
    {}) as Parts["options"];
  const given = typeof parts[0] === "string" ? parts[0] : (body?.name ?? "");
  return { name: given === "" ? "<anonymous>" : given, options, body };
}

/** Registers what the files register, with the real module, in the order and form that the mode asks for. */
class Registry {
  readonly #real: TestModule;
  readonly #session: Session;
  readonly #files: readonly string[];
  readonly #onFirst: () => void;
  #root: Scope;
  #scope: Scope;
  #isOpen = false;
  #tests = 0;

  constructor(real: TestModule, session: Session, options: ShimOptions) {
    this.#real = real;
    this.#session = session;
    this.#files = options.files;
    this.#onFirst = options.onFirst;
    const held = this.#isShuffling() ? [] : null;
    this.#root = { path: [], file: options.files[0] ?? "", held };
    this.#scope = this.#root;
  }

  isOpen(): boolean {
    return this.#isOpen;
  }

  countTests(): number {
    return this.#tests;
  }

  async loadAll(load: (file: string) => Promise<unknown>): Promise<void> {
    const roots: Scope[] = [];
    for (const file of this.#files) {
      this.#root = { path: [], file, held: [] };
      this.#scope = this.#root;
      roots.push(this.#root);
      await load(file);
    }
    const seed = this.#session.config.shuffleSeed;
    const order = seed === null ? roots : toSeededOrder(roots, seed, "files");
    for (const root of order) this.#release(root);
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#onFirst();
    // A hook at the root runs before those of the file, for every test below it.
    (this.#real["beforeEach"] as Callback)((context: { readonly fullName: string }) => {
      this.#session.begin(readFileMark(this.#files, context.fullName));
    });
  }

  addHook(target: Callback, isPerTest: boolean, parts: readonly unknown[]): unknown {
    this.#open();
    const { file } = this.#scope;
    const [body, ...rest] = parts;
    if (!isPerTest || !this.#isShared() || this.#scope !== this.#root) return target(...parts);
    // Files share the root of the process, their hooks do not.
    const bound = function (this: unknown, context: { readonly fullName: string }): unknown {
      return isOf(context.fullName, file) ? (body as Callback).call(this, context) : undefined;
    };
    const isOf = (title: string, wanted: string): boolean =>
      readFileMark(this.#files, title).file === wanted;
    return target(bound, ...rest);
  }

  addTest(target: Callback, parts: Parts): unknown {
    this.#tests += 1;
    const scope = this.#scope;
    return this.#add(() => this.#registerTest(target, parts, scope));
  }

  addSuite(target: Callback, parts: Parts): unknown {
    const scope = this.#scope;
    return this.#add(() => this.#registerSuite(target, parts, scope));
  }

  #isShuffling(): boolean {
    return this.#session.config.shuffleSeed !== null;
  }

  #isShared(): boolean {
    return this.#files.length > 1;
  }

  #add(register: () => unknown): unknown {
    this.#open();
    const { held } = this.#scope;
    if (held === null) return register();
    // All top-level registrations of a module happen in one go; the next turn of the loop has them all.
    if (this.#scope === this.#root && held.length === 0 && !this.#isShared()) {
      setImmediate(() => {
        this.#release(this.#root);
        this.#root.held = [];
      });
    }
    return new Promise((resolve) => {
      held.push(() => {
        resolve(register());
      });
    });
  }

  #release(from: Scope): void {
    const { held, path } = from;
    if (held === null) return;
    from.held = null;
    const outer = this.#scope;
    this.#scope = from;
    const seed = this.#session.config.shuffleSeed;
    const order = seed === null ? held : toSeededOrder(held, seed, path.join(" > "));
    for (const register of order) register();
    this.#scope = outer;
  }

  /** A name as node:test gets it. */
  #mark(name: string, { path, file }: Scope): string {
    if (!this.#isShared() || path.length > 0) return name;
    return `«file ${this.#files.indexOf(file)}» ${name}`;
  }

  #registerTest(target: Callback, parts: Parts, scope: Scope): unknown {
    const { path, file } = scope;
    const fullTitle = [...path, parts.name].join(" > ");
    const titles = this.#session.toTitles(file, fullTitle, parts.name);
    if (titles === null) return Promise.resolve();
    const registered = titles.map((title) => {
      const test = { file, markedTitle: [...path, title].join(" > ") };
      const body = toBody(this.#session, test, parts.body);
      return target(this.#mark(title, scope), parts.options, body);
    });
    return registered.length === 1 ? registered[0] : Promise.all(registered);
  }

  #registerSuite(target: Callback, parts: Parts, scope: Scope): unknown {
    const held = this.#isShuffling() ? [] : null;
    const inner: Scope = { path: [...scope.path, parts.name], file: scope.file, held };
    const isPlain = this.#session.config.mode === "plain";
    const options = isPlain ? parts.options : { ...parts.options, concurrency: 1 };
    const runIn = (self: unknown, context: unknown[]): unknown => {
      const outer = this.#scope;
      this.#scope = inner;
      try {
        return parts.body?.apply(self, context);
      } finally {
        this.#release(inner);
        this.#scope = outer;
      }
    };
    return target(
      this.#mark(parts.name, scope),
      options,
      function (this: unknown, ...context: unknown[]) {
        return runIn(this, context);
      },
    );
  }
}

/** The body as node:test calls it; a second parameter makes node:test wait for a callback. */
function toBody(session: Session, test: TestRef, body: Callback | undefined): Callback | undefined {
  if (body === undefined) return undefined;
  const observe = (self: unknown, context: unknown): unknown =>
    session.run(test, () =>
      body.length < 2
        ? body.call(self, context)
        : runWithDone((done) => body.call(self, context, done)),
    );
  return function (this: unknown, context: unknown) {
    return closeAfter(session, test, () => session.settle(() => observe(this, context)));
  };
}

function closeAfter(session: Session, test: TestRef, body: () => unknown): unknown {
  if (splitClone(test.markedTitle).clone !== null) return body();
  let isPending = false;
  try {
    const result = body();
    if (!(result instanceof Promise)) return result;
    isPending = true;
    return result.finally(() => {
      session.end(test);
    });
  } finally {
    if (!isPending) session.end(test);
  }
}
