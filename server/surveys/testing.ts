import type { Input } from '../kernel/contract.ts';
import type * as contracts from './contract.ts';

/** Whether they would recommend us, and why; for its owner's eyes unless it is said otherwise. */
export const aSurvey = (said: Partial<Input<typeof contracts.addSurvey>> = {}): Input<typeof contracts.addSurvey> => ({
  kind: 'nps',
  name: 'Recommendation',
  audience: { kind: 'mine' },
  intro: { fr: 'Deux questions.', en: 'Two questions.' },
  questions: [
    {
      ...{ id: 'a', kind: 'nps', required: true },
      text: { fr: 'Nous recommanderiez-vous ?', en: 'Would you recommend us?' },
    },
    { id: 'b', kind: 'text', text: { fr: 'Pourquoi ?', en: 'Why?' } },
  ],
  ...said,
});
