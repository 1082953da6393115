#pragma once

#include "api/call.h"

namespace motcua::api {

// One function per row of the route table (api/routes.cpp). Those that write answer later, by the reply.

void submit_dossier(std::shared_ptr<Call> call, net::Reply reply);
void command_dossier(std::shared_ptr<Call> call, net::Reply reply);

Made get_dossier(const Call& call);
Made list_dossiers(const Call& call);
Made search_dossiers(const Call& call);
Made get_history(const Call& call);
Made get_clocks(const Call& call);
Made get_owner(const Call& call);
Made export_person(const Call& call);
Made list_accesses(const Call& call);
Made get_actions(const Call& call);
Made explain_clock(const Call& call);
Made get_attribution(const Call& call);

Made list_events(const Call& call);
Made stream_events(const Call& call);
Made list_alerts(const Call& call);
Made get_alert(const Call& call);
void ack_alert(std::shared_ptr<Call> call, net::Reply reply);
void snooze_alert(std::shared_ptr<Call> call, net::Reply reply);
Made list_digests(const Call& call);

Made list_notices(const Call& call);
Made list_slips(const Call& call);
Made get_slip(const Call& call);
Made get_book(const Call& call);
Made list_late(const Call& call);
Made list_due_soon(const Call& call);
Made list_untimed(const Call& call);

Made compute_deadline(const Call& call);
Made compute_working_time(const Call& call);

Made list_procedures(const Call& call);
Made get_procedure(const Call& call);
Made list_agencies(const Call& call);
Made get_agency(const Call& call);
Made list_officers(const Call& call);
Made list_calendars(const Call& call);
Made get_calendar(const Call& call);
Made get_rulebook(const Call& call);

Made get_journal_head(const Call& call);
Made get_sandbox_clock(const Call& call);
Made set_sandbox_clock(const Call& call);

Made get_health(const Call& call);
Made get_ready(const Call& call);
Made get_metrics(const Call& call);
Made get_openapi(const Call& call);

void submit_batch(std::shared_ptr<Call> call, net::Reply reply);
void draw_code_block(std::shared_ptr<Call> call, net::Reply reply);
void return_code_block(std::shared_ptr<Call> call, net::Reply reply);
Made list_code_blocks(const Call& call);
Made get_code_block(const Call& call);

void make_webhook(std::shared_ptr<Call> call, net::Reply reply);
void remove_webhook(std::shared_ptr<Call> call, net::Reply reply);
void pause_webhook(std::shared_ptr<Call> call, net::Reply reply);
void resume_webhook(std::shared_ptr<Call> call, net::Reply reply);
void rotate_webhook_secret(std::shared_ptr<Call> call, net::Reply reply);
void redeliver_dead(std::shared_ptr<Call> call, net::Reply reply);
void redeliver_one(std::shared_ptr<Call> call, net::Reply reply);
Made list_webhooks(const Call& call);
Made get_webhook(const Call& call);
Made list_deliveries(const Call& call);
Made get_delivery(const Call& call);

void open_publication(std::shared_ptr<Call> call, net::Reply reply);
void correct_publication(std::shared_ptr<Call> call, net::Reply reply);
void review_publication(std::shared_ptr<Call> call, net::Reply reply);
void publish_publication(std::shared_ptr<Call> call, net::Reply reply);
void redraft_publication(std::shared_ptr<Call> call, net::Reply reply);
void discard_publication(std::shared_ptr<Call> call, net::Reply reply);
Made list_publications(const Call& call);
Made get_publication(const Call& call);
Made get_publication_document(const Call& call);
void report_ii06a(std::shared_ptr<Call> call, net::Reply reply);
void report_index_766(std::shared_ptr<Call> call, net::Reply reply);
void report_acceptance(std::shared_ptr<Call> call, net::Reply reply);
void report_quarterly(std::shared_ptr<Call> call, net::Reply reply);
void report_differences(std::shared_ptr<Call> call, net::Reply reply);
void report_indicators(std::shared_ptr<Call> call, net::Reply reply);
Made get_public_list(const Call& call);
Made get_public_index(const Call& call);
Made get_public_feed(const Call& call);
Made get_public_list_export(const Call& call);
Made get_public_list_file(const Call& call);

}  // namespace motcua::api
