import { ActionIcon, Menu } from '@mantine/core';
import { IconMessage2Bolt } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { fillReply } from '../../../../server/conversations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { sayError } from '../../ui/undo.tsx';
import { savedRepliesQuery } from './queries.ts';

/** Puts a saved text, filled in, where one writes. */
export function SavedReplyMenu({ conversationId, onText }: { conversationId: string; onText: (text: string) => void }) {
  const saved = useQuery(savedRepliesQuery).data?.items ?? [];
  const navigate = useNavigate();
  const put = async (replyId: string, language?: 'fr' | 'en') => {
    try {
      onText((await call(fillReply, { conversationId, replyId, ...(language ? { language } : {}) })).text);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Menu position="top-start" width={280}>
      <Menu.Target>
        <ActionIcon size="lg" aria-label={t('conversations.saved')}>
          <IconMessage2Bolt size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {saved.length === 0 && <Menu.Label>{t('conversations.saved.none')}</Menu.Label>}
        {saved.flatMap(({ id, name, texts }) => {
          const languages = (['fr', 'en'] as const).filter((language) => texts[language]);
          return languages.map((language) => (
            <Menu.Item key={id + language} onClick={() => void put(id, language)}>
              {languages.length > 1 ? `${name} (${language.toUpperCase()})` : name}
            </Menu.Item>
          ));
        })}
        <Menu.Divider />
        <Menu.Item onClick={() => void navigate({ to: '/conversations/replies' })}>
          {t('conversations.saved.manage')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
