import type { Block, Condition, Language, Saying, Template } from '../blocks-contract.ts';
import { isLink } from '../variables-contract.ts';
import { type Compiled, needsOf } from './compile.ts';
import type { Placed } from './html.ts';
import { liquidOf, literal, piecesOf, placeOf } from './liquid.ts';

// Texts without form: SMS, and the agreed texts of WhatsApp.

/** What a text without form is: words and values as they stand, lines and all. */
function template(text: string): string {
  return piecesOf(text)
    .map((piece) => {
      if (piece.kind === 'value')
        return liquidOf(piece.expression, isLink(piece.expression.variable) ? 'link' : undefined);
      return literal(piece.kind === 'words' ? piece.text : placeOf(piece.text));
    })
    .join('');
}

/** How somebody stops advertising by SMS (CPCE, art. L34-5), in signs of the 7-bit alphabet alone. */
export const stopWords: Record<Language, string> = {
  fr: 'Refus : répondez STOP',
  en: 'Reply STOP to opt out',
};

/** Whether the author has said it already. */
const saysStop = /(?<![\p{L}\p{N}])STOP(?![\p{L}\p{N}])/u;

const nothing = { subject: '', html: '', images: [] };

/** An SMS: its texts one below the other, those for some under their condition. */
export function compileSms(saying: Saying, language: Language): Compiled {
  const conditions: Condition[] = [];
  const blocks = saying.blocks as Placed[];
  const ofText = (one: Placed | Block): string => (one.kind === 'text' ? `${template(one.text.trim())}\n` : '');
  const text = blocks
    .map((one) => {
      if (one.kind !== 'section') return ofText(one);
      const inside = one.blocks.map(ofText).join('');
      if (inside === '') return '';
      return `{% if on.c${conditions.push(one.condition) - 1} %}${inside}{% endif %}`;
    })
    .join('');
  const said = blocks.flatMap((one) => (one.kind === 'section' ? one.blocks : [one]));
  const stops = said.some((one) => one.kind === 'text' && saysStop.test(one.text));
  return {
    ...{ ...nothing, kind: 'sms', text, conditions },
    mention: stops ? null : stopWords[language],
    needs: needsOf(saying, blocks, conditions),
  };
}

/** A place of an agreed text. */
export const placeIn = /\{\{(?<no>[1-9]\d?)\}\}/g;

/** An agreed text: what fills its places, and, to be read, the whole. */
export function compileTemplate({ name, locale, body, parameters }: Template): Compiled {
  const values = parameters.map(template);
  const text = body
    .split(placeIn)
    // Between the words, the numbers of places.
    .map((part, at) => (at % 2 === 0 ? literal(part) : (values[Number(part) - 1] ?? literal(`[${part}]`))))
    .join('');
  const asked: Placed[] = parameters.map((one, at) => ({ id: `p${at}`, kind: 'text', text: one }));
  return {
    ...{ ...nothing, kind: 'whatsapp', text, conditions: [] },
    template: { name, locale, values },
    needs: needsOf({ subject: '', preheader: '', blocks: [] }, asked, []),
  };
}
