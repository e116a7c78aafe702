/**
 * Loaded with `--import` into every process of the `guarded` level, before the code under test; it and
 * what it imports from this folder use nothing but Node. It closes what Node's permission model leaves
 * open (sockets, name look-ups, signals to other processes, files behind other built-in modules), so
 * that tested code does no harm by accident. Code that means harm can get around it.
 */
import { closeSync, writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { guardModules, type GuardedDependency } from "./guard-modules.ts";
import { guardNetwork } from "./guard-network.ts";
import { guardProcess } from "./guard-process.ts";

/** Descriptor on which the parent hears that the guard stands; the target does not get it. */
const CONTROL = 4;

const query = new URL(import.meta.url).searchParams;
const dependencies = JSON.parse(query.get("dependencies") ?? "[]") as GuardedDependency[];
guardNetwork(query.getAll("writable"));
guardProcess();
guardModules(dependencies);
syncBuiltinESMExports();
writeSync(CONTROL, "R");
closeSync(CONTROL);
