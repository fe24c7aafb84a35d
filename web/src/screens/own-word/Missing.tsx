import { Stack } from '@mantine/core';
import type { MissingQuestion } from '../../../../server/self-update/contract.ts';
import { ApiError } from '../../api.ts';
import { t, told } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { ValueInput } from '../attributes/ValueInput.tsx';
import type { Draft } from './draft.ts';
import classes from './OwnWord.module.css';

interface MissingProps {
  questions: readonly MissingQuestion[];
  workspace: string;
  draft: Draft;
  set: (part: Partial<Draft>) => void;
  /** Why the answer was not taken. */
  error: unknown;
}

/** What is not known of them and would help: none of it has to be answered. */
export function Missing({ questions, workspace, draft, set, error }: MissingProps) {
  const fields = error instanceof ApiError ? error.fields : {};
  return (
    <section aria-labelledby="missing">
      <h2 id="missing" className={classes.title}>
        {t('ownWord.missing')}
      </h2>
      <p className={classes.text}>{t('ownWord.missingLead', { workspace })}</p>
      <Stack gap="sm">
        {questions.map((question) => {
          const refusal = fields[`answers.${question.no}`];
          return (
            <ValueInput
              key={question.no}
              attribute={question}
              label={question.words[currentLanguage()]}
              value={draft.answers[question.no] ?? null}
              onChange={(value) => set({ answers: { ...draft.answers, [question.no]: value } })}
              error={refusal && told(`attributes.refused.${refusal}`)}
            />
          );
        })}
      </Stack>
    </section>
  );
}
