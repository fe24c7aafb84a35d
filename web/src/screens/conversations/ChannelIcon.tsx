import {
  IconArchive,
  IconBrandBluesky,
  IconBrandInstagram,
  IconBrandMastodon,
  IconBrandMessenger,
  IconBrandTelegram,
  IconBrandWhatsapp,
  IconDeviceMobileMessage,
  IconForms,
  IconMail,
  IconMessageCircle,
  IconMessages,
  IconNotebook,
  IconPhone,
  IconRss,
  IconStar,
  IconWebhook,
} from '@tabler/icons-react';
import type { ChannelKind } from '../../../../server/conversations/contract.ts';
import { t } from '../../i18n.ts';

const icons: Record<ChannelKind, typeof IconMail> = {
  chat: IconMessageCircle,
  form: IconForms,
  note: IconNotebook,
  calls: IconPhone,
  mail: IconMail,
  webhook: IconWebhook,
  whatsapp: IconBrandWhatsapp,
  messenger: IconBrandMessenger,
  instagram: IconBrandInstagram,
  telegram: IconBrandTelegram,
  sms_twilio: IconDeviceMobileMessage,
  sms_ovh: IconDeviceMobileMessage,
  mastodon: IconBrandMastodon,
  bluesky: IconBrandBluesky,
  discourse: IconMessages,
  feed: IconRss,
  reviews: IconStar,
  imported: IconArchive,
};

/** Which kind of channel it is, for the eye and the ear. */
export function ChannelIcon({ kind, size = 16 }: { kind: ChannelKind; size?: number }) {
  const Icon = icons[kind];
  return (
    <Icon size={size} stroke={1.6} role="img" aria-label={t(`conversations.kind.${kind}`)} style={{ flex: 'none' }} />
  );
}
