import type { z } from 'zod';
import { AppError, notFound } from '../kernel/errors.ts';
import type { OutsideContext } from '../kernel/http.ts';
import { askForWords, readLanguage } from '../voices/index.ts';
import { allBlocks, type Block, type Saying } from './blocks-contract.ts';
import { check } from './checking/check.ts';
import { checkSms } from './checking/short.ts';
import { readHouseStyle } from './describing.ts';
import { readAnswer, readProposal, requestFor, veil } from './suggesting.ts';
import { longestWorded, type suggestWords, type WordedField } from './suggesting-contract.ts';

type Asked = z.output<typeof suggestWords.input>;
type Answer = z.output<typeof suggestWords.output>;

/** What stands in a field. @throws AppError not_found where there is no such block, or it has no such field */
function textIn(saying: Saying, field: WordedField, blockId: string | null): string {
  if (field === 'subject' || field === 'preheader') {
    if (blockId !== null) throw notFound();
    return saying[field];
  }
  if (field === 'agreed') {
    if (blockId !== null || !saying.template) throw notFound();
    return saying.template.body;
  }
  const block = allBlocks(saying.blocks).find((one) => one.id === blockId) as Block | undefined;
  if (field === 'label' && block?.kind === 'button') return block.label;
  if (field !== 'label' && block?.kind === (field === 'sms' ? 'text' : field)) return block.text;
  throw notFound();
}

/**
 * Other words for what is written, each fit to stand in its place; nothing of it is kept. Nobody's data leave: a content has variables, and no person.
 * @throws AppError not_found where no model is switched on for that; invalid_input for a text that is empty or too long
 */
export async function suggest(context: OutsideContext, asked: Asked): Promise<Answer> {
  const { language, saying, field, blockId } = asked;
  const original = textIn(saying, field, blockId);
  if (original.trim() === '') throw new AppError('invalid_input', { fields: { saying: 'required' } });
  if ([...original].length > longestWorded) throw new AppError('invalid_input', { fields: { saying: 'too_long' } });
  const { rules } = (await context.asCaller(({ tx, actor }) => readHouseStyle(tx, actor.workspaceId)))[language];
  const around = { language, rules, images: new Set<string>(), parts: new Map(), size: null };
  const found = field === 'agreed' ? [] : field === 'sms' ? checkSms(saying, around) : check(saying, around);
  const findings = found.filter((one) => one.blockId === null || one.blockId === blockId);
  const veiled = veil(original);
  let sent: string | null = null;
  const worded = await askForWords(
    context,
    (model) => {
      sent = requestFor(model, veiled, { field, language, rules, findings });
      return sent;
    },
    readAnswer,
  );
  if ('problem' in worded) {
    if (worded.problem === 'off') throw notFound();
    return { proposals: [], dropped: 0, problem: worded.problem, sent };
  }
  const proposals: string[] = [];
  for (const one of worded.said) {
    const proposal = readProposal(one, original, veiled, { field, language, rules });
    if (proposal === undefined || proposals.includes(proposal)) continue;
    // Of a few words nobody can tell the language.
    if (['unknown', language].includes(await readLanguage(proposal))) proposals.push(proposal);
  }
  return { proposals, dropped: worded.said.length - proposals.length, problem: null, sent };
}
