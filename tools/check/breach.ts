import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A rule of the house that a line breaks. */
export interface Breach {
  rule: string;
  file: string;
  line: number;
  message: string;
}

/** Looks at a tree of files (the project, or a planted breach) and tells what breaks its rules. */
export type Checker = (root: string) => Breach[];

export interface SourceFile {
  /** From the root, with slashes. */
  path: string;
  text: string;
}

/** Files below `root`, in a stable order. */
export function readFiles(root: string, patterns: string[]): SourceFile[] {
  return globSync(patterns, { cwd: root, exclude: (name) => /(^|[/\\])(node_modules|dist)$/.test(name) })
    .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

export const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** Comments as blanks of the same length, so that positions stay. Strings that hold `//` (addresses) keep them. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(^|[\s;{}(,])\/\/[^\n]*/g, (all) => all.replaceAll(/[^\n]/g, ' '));
}
