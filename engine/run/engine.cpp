#include "engine/run/engine.h"

#include "engine/run/engine_writer.h"

namespace motcua::run {

Engine::Engine(store::Store& store, Clock& clock, Random& random, const Keyring& keyring,
               EngineOptions options, std::function<void(const std::string&)> on_failure)
    : writer_(std::make_unique<Writer>(store, clock, random, keyring, options, std::move(on_failure))) {}
Engine::~Engine() = default;

void Engine::submit(Order order, std::function<void(Answer)> answer) {
  writer_->submit(std::move(order), std::move(answer));
}
void Engine::draw(DrawOrder order, std::function<void(BlockAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
void Engine::give_back(ReturnOrder order, std::function<void(BlockAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
void Engine::keep_webhook(WebhookOrder order, std::function<void(WebhookAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
void Engine::note_deliveries(CourierNote note, std::function<void(NoteAnswer)> answer) {
  writer_->park(std::move(note), std::move(answer));
}
void Engine::answer_alert(AlertOrder order, std::function<void(BlockAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
void Engine::note_access(AccessNote note, std::function<void(BlockAnswer)> answer) {
  writer_->note_access(std::move(note), std::move(answer));
}
void Engine::keep_publication(PublicationOrder order, std::function<void(BlockAnswer)> answer) {
  writer_->keep(std::move(order), std::move(answer));
}
bool Engine::write_aside(const std::function<void(store::Store&)>& work) {
  return writer_->write_aside(work);
}
std::shared_ptr<const Definitions> Engine::definitions() const { return writer_->definitions(); }
std::vector<LoadFault> Engine::apply(const std::vector<store::DefinitionText>& texts) {
  return writer_->apply(texts);
}
core::Instant Engine::advance(VirtualClock& clock, core::Instant to) { return writer_->advance(clock, to); }
const EngineMetrics& Engine::metrics() const { return writer_->metrics(); }
bool Engine::started() const { return writer_->started(); }
void Engine::stop() { writer_->stop(); }

}  // namespace motcua::run
