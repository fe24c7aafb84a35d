import { Button, Menu } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answerForget, type Forget, type ForgetOutcome } from '../../../../server/self-update/contract.ts';
import { call } from '../../api.ts';
import { ago, longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { say, sayError } from '../../ui/undo.tsx';
import { Extend } from './Extend.tsx';
import classes from './OwnWord.module.css';
import { refreshOwnWord } from './queries.ts';

const reasons = ['contract', 'law', 'somebody_else'] as const;

/** A contact wants to be forgotten: the holder erases their cards, or says why they stay. */
export function ForgetAsked({ forget }: { forget: Forget }) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const answer = async (outcome: ForgetOutcome) => {
    setBusy(true);
    try {
      await call(answerForget, { forgetId: forget.id, outcome });
      say(t('ownWord.forgets.answered'));
      if (outcome === 'erased') await navigate({ to: '/people', search: {} });
      await refreshOwnWord();
    } catch (error) {
      sayError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={classes.urgent}>
      <p>
        <strong>{t('ownWord.forgets.asked', { when: ago(forget.askedAt), until: longDate(forget.dueAt) })}</strong>{' '}
        {t('ownWord.forgets.lead')}
      </p>
      <div className={classes.acts}>
        <Button size="compact-md" color="red" disabled={busy} onClick={() => void answer('erased')}>
          {t('ownWord.forgets.erase')}
        </Button>
        <Menu position="bottom-start">
          <Menu.Target>
            <Button size="compact-md" variant="default" disabled={busy}>
              {t('ownWord.forgets.stay')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {reasons.map((reason) => (
              <Menu.Item key={reason} onClick={() => void answer(reason)}>
                {t(`ownWord.forgets.${reason}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        {!forget.extended && Date.parse(forget.dueAt) > Date.now() && <Extend forgetId={forget.id} compact />}
      </div>
    </div>
  );
}
