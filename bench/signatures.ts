import { corpusFolder } from '../server/formats/corpus.ts';
import { type CorpusMessage, corpusMessages, reading } from '../server/formats/signatures/corpus.ts';
import { count, type Labelled, labelled, type Part, type Tally } from '../server/formats/signatures/labelled.ts';
import { print, seconds } from './figures.ts';

export const about =
  'signatures of mails: precision and recall of their fields on the labelled messages, by half and by language, and on the corpus; contacts invented from what machines wrote';

const precision = 0.95;
const recall = 0.85;

type Counted = Pick<Tally, 'right' | 'wrong' | 'missed'>;

function tell(name: string, tallies: readonly Counted[], promised: boolean): void {
  const sum = (of: (tally: Counted) => number) => tallies.reduce((all, one) => all + of(one), 0);
  const right = sum((one) => one.right);
  const wrong = sum((one) => one.wrong.length);
  const missed = sum((one) => one.missed.length);
  const counts = `${tallies.length} messages, ${right + missed} fields`;
  print({
    name: `${name} (${counts}): precision`,
    measured: right / (right + wrong),
    unit: '',
    ...(promised && { atLeast: precision }),
  });
  print({
    name: `${name} (${counts}): recall`,
    measured: right / (right + missed),
    unit: '',
    ...(promised && { atLeast: recall }),
  });
}

const all = (messages: readonly Labelled[]): Promise<Tally[]> => Promise.all(messages.map(count));

/** What a message of the corpus was read as, against what is stated of it. */
function againstStated(message: CorpusMessage): Counted {
  const { fields } = reading(message);
  const missed = message.stated.filter((field) => !fields.includes(field));
  return {
    right: message.stated.length - missed.length,
    wrong: fields.filter((field) => !message.stated.includes(field)),
    missed,
  };
}

export async function run(): Promise<void> {
  for (const part of ['held-out', 'later', 'fresh', 'development'] satisfies Part[])
    tell(`labelled messages, ${part}`, await all(labelled(part)), part !== 'development');
  tell(
    'labelled messages, all that were kept aside',
    [...(await all(labelled('held-out'))), ...(await all(labelled('later'))), ...(await all(labelled('fresh')))],
    true,
  );
  for (const language of ['fr', 'en', 'de', 'es'])
    tell(`held-out, ${language}`, await all(labelled('held-out').filter((one) => one.language === language)), false);
  const automatic = labelled().filter((one) => one.automatic);
  const invented = (await all(automatic)).filter(({ wrong }) => wrong.length > 0).length;
  print({
    name: `contacts invented from ${automatic.length} automatic messages`,
    measured: invented,
    unit: '',
    asked: 0,
  });
  const messages = labelled();
  const taken = await seconds(() => all(messages));
  print({ name: 'a message, parsed and read', measured: (taken / messages.length) * 1000, unit: 'ms' });
  const folder = corpusFolder();
  if (folder) tellCorpus(await corpusMessages(folder));
  else process.stdout.write('The corpus is not there: only labelled messages were read.\n');
}

function tellCorpus(messages: CorpusMessage[]): void {
  tell('corpus, messages with and without a stated signature', messages.map(againstStated), true);
  const machines = messages.filter((one) => !reading(one).person);
  const invented = machines.filter((one) => reading(one).fields.length > 0).length;
  print({
    name: `contacts invented from ${machines.length} automatic messages of the corpus`,
    measured: invented,
    unit: '',
    asked: 0,
  });
}
