-- What was written to somebody stands with the message, where it can be erased.

update scenarios.passage set said = said - 'subject' where said ? 'subject';
