-- A content is a mail, a text message, an agreed text on WhatsApp, or a letter. It stays what it began as.

alter table content.content
  add column kind text not null default 'email',
  add constraint content_kind_ck check (kind in ('email', 'sms', 'whatsapp', 'letter'));
