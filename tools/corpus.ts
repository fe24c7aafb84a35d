/** Prints, kind by kind, how many files of the corpus meet their expectations, and what the others lack. */
import {
  BODIES,
  bodyUnderstood,
  corpusFolder,
  disappointments,
  FILES,
  OWN_TEXTS,
  ownTextOf,
} from '../server/formats/corpus.ts';

const folder = corpusFolder();
if (!folder) {
  console.log('The corpus is not there: nothing was read.');
  process.exit(0);
}

const tally = new Map<string, { met: number; all: number }>();

function count(kind: string, name: string, lacking: string[]): void {
  const entry = tally.get(kind) ?? { met: 0, all: 0 };
  tally.set(kind, entry);
  entry.all++;
  if (lacking.length === 0) entry.met++;
  else console.log(`${kind}: ${name}: ${lacking.join('; ')}`);
}

for (const file of Object.keys(FILES)) count(file.split('/')[0]!, file, await disappointments(folder, file));
for (const [file, text] of Object.entries(OWN_TEXTS)) {
  const own = await ownTextOf(folder, file);
  count('quotes', file, own === text ? [] : [own]);
}
for (const name of Object.keys(BODIES))
  count('signatures', name, bodyUnderstood(folder, name) ? [] : ['not understood']);
for (const [kind, { met, all }] of tally) console.log(`${kind.padEnd(16)} ${met} of ${all}`);
