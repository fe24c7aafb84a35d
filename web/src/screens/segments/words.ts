import type { Problem } from '../../../../server/segments/contract.ts';
import { bands, fieldTypes, type Span, units } from '../../../../server/segments/language-contract.ts';
import { t, told } from '../../i18n.ts';

/** What is wrong with a condition, and what to change. */
export const problemWords = ({ problem, about, at }: Problem): string =>
  t(`segments.problem.${problem}`, { about, at: (at ?? 0) + 1 });

export const fieldNames = Object.keys(fieldTypes) as (keyof typeof fieldTypes)[];
export const bandOptions = () => bands.map((value) => ({ value, label: t(`segments.band.${value}`) }));
export const unitOptions = () => units.map((value) => ({ value, label: t(`segments.unit.${value}`) }));
export const usualSpan: Span = { n: 12, unit: 'months' };

/** A stage by its name, or as we call it. */
export const stageName = ({ key, name }: { key: string; name: string }): string =>
  name || told(`segments.stage.${key}`) || key;
/** A stage of opportunities by its name, or as we call it. */
export const dealStageName = ({ key, name }: { key: string; name: string }): string =>
  name || told(`opportunities.stage.${key}`) || key;
/** Kinds that every company has are called in the reader's language. */
export const kindName = ({ key, name }: { key: string; name: string }): string =>
  name || told(`facts.kindName.${key}`) || key;
