-- One index of a campaign's messages answers both what is counted and what came back. What was estimated in another form is asked anew.

drop index outreach.message_campaign_ix;
update campaigns.sending set estimate = null;
