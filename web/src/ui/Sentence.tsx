import { Fragment, type ReactNode } from 'react';
import { type MessageKey, t } from '../i18n.ts';

interface SentenceProps {
  of: MessageKey;
  /** What fills the blanks: fields, names in bold, links. */
  blanks: Record<string, ReactNode>;
  values?: Record<string, string | number>;
}

const mark = '\u0001';

/** A whole sentence whose blanks hold elements: the translator, not the code, decides the order of words. */
export function Sentence({ of, blanks, values = {} }: SentenceProps) {
  const marked = Object.fromEntries(Object.keys(blanks).map((name) => [name, mark + name + mark]));
  const pieces = t(of, { ...values, ...marked }).split(mark);
  return pieces.map((piece, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sentence do not move; every second one names a blank
    <Fragment key={at}>{at % 2 === 1 ? blanks[piece] : piece}</Fragment>
  ));
}
