/** File and title of a pytest node id such as `tests/test_a.py::TestB::test_c[1]`; the cases of one test are one. */
export function toPytestName(nodeId: string): {
  readonly file: string;
  readonly fullTitle: string;
} {
  const [file = "", ...names] = nodeId.replace(/\[.*$/su, "").split("::");
  return { file, fullTitle: names.join(" > ") };
}
