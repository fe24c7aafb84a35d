import { labelKey } from '../formats/normalise/fold.ts';
import type { Dictionary, Measure } from './dictionary.ts';
import { type Filter, parseFilter, parseValue } from './language-contract.ts';
import type { MeasureRow, Nameable } from './queries.ts';
import { usualStages } from './rules.ts';

/** What can no longer be read is as if it were not there: whatever names it says so. */
function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function measureOf({ definition }: Pick<MeasureRow, 'definition'>): Measure | undefined {
  if (definition.kind === 'aggregate') {
    const value = read(() => parseValue(definition.value));
    return value && { kind: 'aggregate', value };
  }
  const rules = definition.rules.map(({ points, filter }) => ({ points, filter: read(() => parseFilter(filter)) }));
  if (rules.some(({ filter }) => !filter)) return undefined;
  return { ...definition, rules: rules as { points: number; filter: Filter }[] };
}

function present<T>(pairs: readonly (readonly [string, T | undefined])[]): Map<string, T> {
  return new Map(pairs.filter((pair): pair is readonly [string, T] => pair[1] !== undefined));
}

/** What the language can name, of what stands there and is open. */
export function dictionaryOf(nameable: Nameable): Dictionary {
  const topics = new Map(nameable.topics.map((topic) => [topic.topic_id, topic]));
  const named = (topicId: string | null, deep = 0): string[] => {
    const topic = topicId === null ? undefined : topics.get(topicId);
    if (!topic || deep > 20) return [];
    return [topic.name_fr.toLowerCase(), topic.name_en.toLowerCase(), ...named(topic.parent_id, deep + 1)];
  };
  return {
    kinds: new Map(
      nameable.kinds
        .filter(({ open }) => open)
        .map(({ key, kind_no, fields, has_amount }) => [
          key,
          {
            no: kind_no,
            hasAmount: has_amount,
            properties: new Map(fields.map((field) => [field.key, typeOf(field.type)])),
          },
        ]),
    ),
    attributes: new Map(
      nameable.attributes
        .filter(({ open }) => open)
        .map(({ key, attribute_no, type, many, choices }) => [
          key,
          { no: attribute_no, type, many, choices: choices.map((choice) => choice.key) },
        ]),
    ),
    measures: present(nameable.measures.map((row) => [row.key, measureOf(row)] as const)),
    stages: (nameable.stages.length > 0 ? nameable.stages : usualStages).flatMap(({ key, filter }) => {
      const condition = read(() => parseFilter(filter));
      return condition ? [{ key, filter: condition }] : [];
    }),
    segments: present(
      nameable.segments.map(({ key, segment_id, kind, filter }) => {
        const condition = kind === 'list' ? null : read(() => parseFilter(filter));
        return [key, condition === undefined ? undefined : { id: segment_id, filter: condition }] as const;
      }),
    ),
    topics: new Map([...topics.keys()].map((topicId) => [topicId, named(topicId)])),
    channels: nameable.channels,
    audiences: nameable.audiences,
    dealStages: new Map(
      [...Map.groupBy(nameable.dealStages, ({ key, name }) => (key ?? name ?? '').toLowerCase())].map(([name, of]) => [
        name,
        of.map(({ stage_id }) => stage_id),
      ]),
    ),
    groups: new Map(
      nameable.groups.map(({ group_id, name, label }) => [
        group_id,
        { name: labelKey(name), label: label === null ? null : labelKey(label) },
      ]),
    ),
  };
}

const typeOf = (type: string) => (type === 'number' || type === 'boolean' || type === 'date' ? type : 'text');
