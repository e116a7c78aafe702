import { describe, expect, test } from "vitest";
import { readSeeds } from "./read-seeds.ts";

const read = (argument: string): string | undefined => readSeeds(`area(1, ${argument})`)[0];

describe("constant arguments", () => {
  test.each([
    ["NaN", "NaN"],
    ["Infinity", "Infinity"],
    ["-Infinity", "-Infinity"],
    ["undefined", "undefined"],
    ["null", "null"],
    ["12n", "12n"],
    ["-12n", "-12n"],
    ["/a+/gi", "/a+/gi"],
    ["Math.PI", "3.141592653589793"],
    ["Number.EPSILON", "2.220446049250313e-16"],
    ["Number.MAX_VALUE", "1.7976931348623157e+308"],
    ["1+2*3", "7"],
    ["7-2", "5"],
    ["6/4", "1.5"],
    ["7%4", "3"],
    ["2**5", "32"],
    ["'a'+1", '"a1"'],
    ["'a'+true", '"atrue"'],
    ["1+'b'+null", '"1bnull"'],
    ["!true", "false"],
    ["+3", "3"],
    ["~5", "-6"],
    ["void 0", "undefined"],
    ["`a${1}b${true}`", '"a1btrue"'],
    ["[1,,2]", "[1, undefined, 2]"],
    ["[...[1,2],3]", "[1, 2, 3]"],
    ["{a:1,...{b:2},['c']:3,d(){return 1},__proto__:1,[x]:2}", "{a: 1, b: 2, c: 3, d: fn(1)}"],
    ["[1,2].length", "2"],
    ["'abc'.length", "3"],
    ["[1,2][0]", "1"],
    ["({a:{b:1}}).a.b", "1"],
    ["true ? 1 : 2", "1"],
    ["1 || 2", "1"],
    ["(1,2)", "2"],
    ["__dirname", '"dir"'],
    ["__filename", '"file.txt"'],
    ["[1,2].map(x => x + 1)", "[2, 3]"],
    ["new Map([[1,2]]).map(([k,v]) => v)", "[2]"],
  ])("%s is %s", (argument, printed) => {
    expect(read(argument)).toBe(`area(1, ${printed})`);
  });

  test("keep the sign of zero, which JSON has not", () => {
    expect(readSeeds("area(1, -0)")).toEqual(["area(1, -0)"]);
  });
});

describe("builtins as arguments", () => {
  test.each([
    ["new Date(0)", "Date(0)"],
    ["new Date(NaN)", "Date(NaN)"],
    ["new Date('2020-01-02')", "Date(1577923200000)"],
    ["new Date('2020-01-02T03:04:05Z')", "Date(1577934245000)"],
    ["new Date('2020-99-99')", "Date(NaN)"],
    ["new Date(2020,1,2)", "Date(1580601600000)"],
    ["new Date()", "Date(0)"],
    ["new RegExp('a','g')", "/a/g"],
    ["new RegExp('a')", "/a/"],
    ["new Error('x')", "Error(x)"],
    ["new TypeError()", "TypeError()"],
    ["new RangeError('r')", "RangeError(r)"],
    ["new Set([1])", "Set(1)"],
    ["new Set()", "Set()"],
    ["new Map([[1,2],[3],4,[]])", "Map(1 => 2, 3 => undefined)"],
    ["new Map()", "Map()"],
    ["new Uint8Array([65,66])", "Uint8Array(AB)"],
    ["new Uint8Array()", "Uint8Array()"],
    ["new Uint8Array('ab')", "Uint8Array(ab)"],
    ["Buffer.from('hi')", "Buffer(hi)"],
    ["Buffer.alloc(2)", "Buffer(\u0000\u0000)"],
    ["new Array(1,2)", "[1, 2]"],
    ["new Array()", "[]"],
    ["new Object()", "{}"],
    ["new Float64Array([1.5])", "Float64Array(1.5)"],
    ["Promise.resolve(1)", "Promise(1)"],
    ["Promise.resolve()", "Promise(undefined)"],
    ["Promise.reject(new Error('no'))", "Rejected(no)"],
    ["Promise.reject(1)", "Rejected(rejected)"],
    ["Symbol('s')", "Symbol(s)"],
    ["Symbol()", "Symbol()"],
    ["BigInt(3)", "3n"],
    ["Date.UTC(2020,0)", "1577836800000"],
    ["Error('e')", "Error(e)"],
    ["RegExp('r')", "/r/"],
    ["Array(1,2)", "[1, 2]"],
    ["Object()", "{}"],
    ["Object.create(null)", "{}"],
    ["Math.sqrt(9)", "3"],
    ["path.join('a','b')", '"a/b"'],
    ["os.tmpdir()", '"dir"'],
    ["tmpdir()", '"dir"'],
    ["process.cwd()", '"dir"'],
  ])("%s is %s", (argument, printed) => {
    expect(read(argument)).toBe(`area(1, ${printed})`);
  });

  test.each([
    "Math.nope",
    "Number.nope",
    "1<2",
    "'a'+[1]",
    "!1",
    "-'a'",
    "typeof 1",
    // Without a zone it means another instant on another machine.
    "new Date('1 May')",
    "new Date('a','b')",
    "new Date([])",
    "new RegExp(1)",
    "new Map(1)",
    "new Uint8Array(['a'])",
    "new Uint8Array(5)",
    "Buffer.alloc(99999)",
    "Buffer.alloc()",
    "new Array(3)",
    "new Int8Array(['a'])",
    "new Whatever(1)",
    "BigInt(1.5)",
    "Date.UTC('x')",
    "Date(1)",
    "Math.sqrt('x')",
    "path.join()",
    "path.resolve('a', 1)",
    "unknownCall(1)",
    "[1,2][5]",
    "({a:1}).z",
    "({a:1}).should",
    "[1,2].filter(x => x)",
    "new Set([1,2]).size",
  ])("%s is not known", (argument) => {
    expect(read(argument)).toBe("area(1, undefined)");
  });
});

describe("functions as arguments", () => {
  test.each([
    ["x => x", "fn(#0)"],
    ["(a,b) => b", "fn(#1)"],
    ["(a,b) => a+b", "fn(a + b)"],
    ["(a,b) => a<b", "fn(a < b)"],
    ["(a,b) => a/b", "fn(#0)"],
    ["x => x.name", "fn(#0.name)"],
    ["x => x.y.z", "fn(#0)"],
    ["x => x>3", "fn(true)"],
    ["x => !x", "fn(true)"],
    ["() => 1+x", "fn(true)"],
    ["() => {throw new Error('boom')}", "fn(throws boom)"],
    ["() => {throw err}", "fn(throws error)"],
    ["() => {throw make(1)}", "fn(throws error)"],
    ["function(){return 5}", "fn(5)"],
    ["async function(){return 5}", "async-fn(5)"],
    ["async () => 5", "async-fn(5)"],
    ["async x => x", "fn(#0)"],
    ["() => foo()", "fn(undefined)"],
    ["() => {}", "spy"],
    ["function(a,cb){cb(null,3)}", "fn(calls back null, 3)"],
    ["function(a,cb){cb(new Error('e'))}", "fn(calls back Error(e), undefined)"],
    ["function(a,cb){other(); cb('bad')}", 'fn(calls back "bad", undefined)'],
    ["function(a,cb){cb()}", "fn(calls back null, undefined)"],
    ["function(a,{cb}){log()}", "spy"],
    ["x => { if (x) return 1; return 2 }", "fn(1)"],
    ["({a}) => a", "fn(#0)"],
    ["() => ({a:1})", "fn({a: 1})"],
  ])("%s is %s", (argument, printed) => {
    expect(read(argument)).toBe(`area(1, ${printed})`);
  });
});
