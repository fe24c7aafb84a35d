import { ActionIcon, Menu } from '@mantine/core';
import { IconMoodHeart } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { offerInConversation } from '../../../../server/surveys/contract.ts';
import { call } from '../../api.ts';
import { type Locale, t } from '../../i18n.ts';
import { sayError, sayProblem } from '../../ui/undo.tsx';
import { surveysQuery } from './queries.ts';

/** Puts the link of a survey at the foot of what one writes. */
export function OfferMenu({ conversationId, onText }: { conversationId: string; onText: (text: string) => void }) {
  const open = (useQuery(surveysQuery).data?.items ?? []).filter(({ closed }) => !closed);
  const put = async (surveyId: string, locale: Locale) => {
    try {
      const { text, reasons } = await call(offerInConversation, { conversationId, surveyId, locale });
      if (text) onText(text);
      else sayProblem(t(`surveys.refusal.${reasons[0] === 'closed' ? 'closed' : 'asked_lately'}`));
    } catch (error) {
      sayError(error);
    }
  };
  if (open.length === 0) return null;
  return (
    <Menu position="top-start" width={280}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t('surveys.offer.menu')}>
          <IconMoodHeart size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {open.flatMap(({ id, name }) =>
          (['fr', 'en'] as const).map((locale) => (
            <Menu.Item key={id + locale} onClick={() => void put(id, locale)}>
              {`${name} (${locale.toUpperCase()})`}
            </Menu.Item>
          )),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
