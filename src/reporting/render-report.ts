import type { ReportInput } from "./report-input.ts";

/** Every format that a report comes in. */
export const REPORT_FORMATS = [
  "terminal",
  "markdown",
  "html",
  "json",
  "lcov",
  "cobertura",
  "junit",
] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportOptions {
  /** Colour for `terminal`. @defaultValue false */
  readonly color?: boolean;
  /** Width for `terminal`. @defaultValue 80 */
  readonly columns?: number;
}

/**
 * The report of a run as text that ends with a line break. Pure but for reading the licence and
 * script of mutation-testing-elements for `html`. Each format loads only what it needs.
 */
export async function renderReport(
  format: ReportFormat,
  input: ReportInput,
  options: ReportOptions = {},
): Promise<string> {
  switch (format) {
    case "terminal": {
      const { renderTerminal } = await import("./text/terminal.ts");
      const { createColors } = await import("picocolors").then((module) => module.default);
      return renderTerminal(input, {
        columns: options.columns ?? 80,
        colors: createColors(options.color ?? false),
      });
    }
    case "markdown": {
      const { renderMarkdown } = await import("./text/markdown.ts");
      return renderMarkdown(input);
    }
    case "html": {
      const { renderHtml } = await import("./html/page.ts");
      return renderHtml(input);
    }
    case "json": {
      const { renderJson } = await import("./machine/json.ts");
      return renderJson(input);
    }
    case "lcov": {
      const { renderLcov } = await import("./machine/lcov.ts");
      return renderLcov(input.admission.coverage.map);
    }
    case "cobertura": {
      const { renderCobertura } = await import("./machine/cobertura.ts");
      return renderCobertura(input);
    }
    case "junit": {
      const { renderJunit } = await import("./machine/junit.ts");
      return renderJunit(input);
    }
  }
}
