#include "api/serve.h"

#include <atomic>
#include <csignal>
#include <cstdio>

#include "api/definition_difference.h"
#include "api/erasing.h"
#include "api/identity_service.h"
#include "api/json/webhook_json.h"
#include "api/mail.h"
#include "api/master_key.h"
#include "api/net/server.h"
#include "api/publishing.h"
#include "api/routes.h"
#include "api/signal_thread.h"
#include "api/tls_keeper.h"
#include "api/webhooks.h"
#include "api/welcome.h"
#include "engine/run/check.h"
#include "engine/run/system_clock.h"
#include "engine/store/digest.h"
#include "engine/store/sqlite_store.h"

namespace motcua::api {
namespace {

constexpr std::int64_t kSandboxStartMs = 1'577'811'600'000;  // 2020-01-01T00:00:00+07:00

int complain(const std::string& why) {
  std::fprintf(stderr, "motcua: %s\n", why.c_str());
  return 1;
}

int complain(const std::vector<run::LoadFault>& faults) {
  for (const run::LoadFault& fault : faults) {
    std::fprintf(stderr, "motcua: %s %s: %s\n", fault.file.c_str(), fault.pointer.c_str(),
                 fault.detail.c_str());
  }
  return 1;
}

run::DefinitionPaths paths_of(const ServerConfig& config) {
  return {config.calendars,  config.rulebook, config.agencies, config.ladders,
          config.procedures, config.messages, config.slips};
}

net::ServerOptions server_options(const ServerConfig& config) {
  net::ServerOptions options;
  options.plain.reset();
  if (config.listen.plain) options.plain = {config.listen.plain->address, config.listen.plain->port};
  if (config.listen.tls) options.secure = {config.listen.tls->listen.address, config.listen.tls->listen.port};
  for (const std::string& network : config.listen.proxies)
    options.proxies.push_back(*net::parse_network(network));
  options.threads = config.threads;
  options.header_bytes_max = config.header_bytes;
  options.body_bytes_max = config.body_bytes;
  options.connections_max = config.connections;
  options.connections_each = config.connections_per_address;
  options.handshake_rate = config.listen.rates.handshakes;
  options.handshake_timeout = config.handshake_timeout;
  options.body_grace = config.body_grace;
  options.body_bytes_per_second = config.body_bytes_per_second;
  options.header_timeout = config.header_timeout;
  options.body_timeout = config.body_timeout;
  options.idle_timeout = config.idle_timeout;
  options.write_timeout = config.write_timeout;
  return options;
}

// Reads the keys, and makes the first one where there is no file yet. It is printed at once: whatever hinders
// the start after that, as a port that another program has, it is known.
std::optional<Callers> open_keys(const ServerConfig& config, std::vector<run::LoadFault>& faults) {
  if (!std::filesystem::exists(config.keys_file)) {
    print_first_key(make_first_key(config.keys_file));
  } else {
    print_where_keys_are(config.keys_file);
  }
  return load_callers(config, faults);
}

// Everything of one serving process, in the order in which it is built.
class Process {
 public:
  explicit Process(const ServeOptions& options)
      : options_(options), config_(options.config), log_(config_.log) {}

  int run() {
    if (config_.database.has_parent_path())
      std::filesystem::create_directories(config_.database.parent_path());
    store::SqliteOptions database;
    database.path = config_.database;
    database.sandbox = options_.sandbox;
    database.answers_kept = core::ClockTime{config_.idempotency_days * core::kDayMs};
    store_ = store::open_sqlite(database);
    keyring_ = open_keyring(config_, *store_);
    make_clock();
    run::prepare_mail(*store_, config_.mail.enabled);
    events_ = std::make_unique<EventHub>(*store_, log_);
    run::EngineOptions engine_options{config_.queue_wait, config_.queue_length, config_.group_size,
                                      [this] { events_->wake(); }};
    engine_ = std::make_unique<run::Engine>(*store_, *clock_, random_, *keyring_, engine_options,
                                            [this](const std::string& why) { fail(why); });
    if (const int status = take_definitions()) return status;
    take_next_master();
    eraser_ = start_eraser(config_, *store_, *engine_, *clock_, *keyring_, log_);
    std::vector<run::LoadFault> faults;
    auto keys = open_keys(config_, faults);
    if (!keys) return complain(faults);
    keys_.emplace(std::move(*keys));
    return answer_requests();
  }

 private:
  void make_clock() {
    if (!options_.sandbox) {
      clock_ = std::make_unique<run::SystemClock>(store_->last_recorded().value_or(core::Instant{}));
      return;
    }
    const core::Instant start = options_.sandbox_start.value_or(core::Instant{kSandboxStartMs});
    auto clock = std::make_unique<run::VirtualClock>(store_->virtual_now().value_or(start));
    if (options_.sandbox_start && clock->now() != *options_.sandbox_start) {
      log_.write(LogLevel::info, "sandbox_goes_on",
                 {{"now", OwnText{core::format_instant(clock->now(), core::kVietnamOffsetMinutes)}}});
    }
    store_->keep_virtual_now(clock->now());
    sandbox_ = clock.get();
    clock_ = std::move(clock);
  }

  // The master key is changed for the one that was laid beside it (`motcua rotate-master-key`).
  void take_next_master() {
    if (keyring_->take_next_master()) log_.write(LogLevel::info, "master_key_changed");
  }

  void start_courier(const net::OutgoingOptions& options) {
    outgoing_ = std::make_unique<net::Outgoing>(options);
    courier_ = std::make_unique<run::Courier>(*store_, *engine_, *clock_, wall_, *keyring_,
                                              courier_options(config_.webhooks, *engine_, *clock_, *keys_),
                                              send_by(*outgoing_), delivery_body, report_to(log_));
  }

  // A new database takes the files; any other must agree with them, or the difference is shown.
  int take_definitions() {
    run::CheckedDefinitions checked = run::check_files(paths_of(config_));
    if (!checked.faults.empty()) return complain(checked.faults);
    if (!checked.definitions->calendar(core::Code(config_.default_calendar))) {
      return complain("expected default_calendar to name a calendar, but there is no " +
                      config_.default_calendar);
    }
    const auto applied = store_->reader()->definitions();
    if (applied.empty()) {
      const auto faults = engine_->apply(checked.texts);
      return faults.empty() ? 0 : complain(faults);
    }
    if (!engine_->definitions()) {
      std::vector<run::LoadFault> faults;
      run::Definitions::compile(applied, faults);
      complain(faults);
      return complain("the definitions in the database cannot be used: they were changed by another hand");
    }
    const std::string difference = definition_difference(applied, checked.texts);
    if (difference.empty()) return 0;
    std::fputs(difference.c_str(), stderr);
    return complain(
        "the files of definitions were changed and not applied: run `motcua apply`, or take the change back");
  }

  int answer_requests() {
    auditor_ = std::make_unique<run::Auditor>(*store_);
    const net::OutgoingOptions outgoing_options_used = outgoing_options(config_.webhooks);
    start_courier(outgoing_options_used);
    publisher_ = std::make_unique<run::Publisher>(
        *engine_, *store_, *clock_, random_, *keyring_, publisher_options(config_.publications),
        render_published, [this](std::string_view event, const std::string& cause) {
          log_.write(LogLevel::error, "publication_failed",
                     {{"what", OwnText{std::string(event)}}, {"cause", OwnText{cause}}});
        });
    sealer_ = std::make_unique<run::Sealer>(
        *store_, *clock_, *keyring_, run::SealerOptions{seals_folder(config_)},
        [this](const std::string& cause) {
          log_.write(LogLevel::error, "seal_failed", {{"cause", OwnText{cause}}});
        });
    reports_ = std::make_unique<ReportDesk>(config_.reports_waiting);
    if (config_.listen.tls) tls_.emplace(*config_.listen.tls);
    if (config_.identity) identity_.emplace(*config_.identity, wall_, log_);
    if (config_.mail.enabled) {
      mail_ =
          std::make_unique<MailService>(config_.mail, *engine_, *store_, *clock_, random_, *keyring_, log_);
    }
    service_.reset(new Service{config_,
                               *keys_,
                               *engine_,
                               *store_,
                               *clock_,
                               sandbox_,
                               random_,
                               *keyring_,
                               log_,
                               *events_,
                               auditor_->counts(),
                               *courier_,
                               *publisher_,
                               *reports_,
                               *sealer_,
                               outgoing_options_used,
                               rates_,
                               identity_ ? &identity_->identity() : nullptr,
                               persons_,
                               mail_ ? &mail_->metrics() : nullptr,
                               {}});
    prepare_routes(*service_);
    net::ServerOptions options = server_options(config_);
    if (tls_) options.tls = tls_->now();
    net::Server server(
        options,
        [this](net::Request&& request, net::Reply&& reply) {
          serve_request(*service_, std::move(request), std::move(reply));
        },
        [this](int status, std::string_view code, std::string_view detail) {
          return refuse_request(*service_, status, code, detail);
        });
    server_ = &server;
    service_->metrics.server = [&server] { return server.counters(); };
    tell_of_certificate();
    SignalThread& signals = signals_;
    signals.start([this](int signal) { return on_signal(signal); });
    print_welcome(config_, server);
    log_.write(
        LogLevel::info, "serving",
        {{"port", static_cast<int>(server.port())}, {"secure_port", static_cast<int>(server.secure_port())}});
    if (failed_) stop();
    server.run();
    server_ = nullptr;
    mail_.reset();
    courier_->stop();
    reports_.reset();
    publisher_.reset();
    eraser_.reset();
    engine_->stop();
    sealer_.reset();  // which seals what came last
    log_.write(LogLevel::info, "stopped");
    return failed_ ? 1 : 0;
  }

  bool on_signal(int signal) {
    if (signal == SignalThread::kNone) {
      look_at_certificate();
      if (identity_ && server_ != nullptr) identity_->identity().look();
      return true;
    }
    if (signal == SIGHUP) {
      reload();
      return true;
    }
    if (signal == SIGRTMIN) {
      confirm_clock();
      return true;
    }
    stop();
    return false;
  }

  void stop() {
    net::Server* server = server_;
    if (server != nullptr && !stopped_.exchange(true)) server->stop(config_.stop_grace);
  }

  // A commit failed: nothing is known of what was written, so this process must not go on.
  void fail(const std::string& why) {
    failed_ = true;
    log_.write(LogLevel::error, "commit_failed", {{"cause", OwnText{why}}});
    log_.flush();
    stop();
  }

  // A person has looked at the wall clock, which jumped, and says that it is right (`motcua confirm-clock`).
  void confirm_clock() {
    auto* clock = dynamic_cast<run::SystemClock*>(clock_.get());
    if (clock == nullptr) return;
    log_.write(LogLevel::warn, "clock_confirmed", {{"moved_ms", clock->disagreement().ms}});
    clock->confirm();
  }

  void reload() {
    std::vector<run::LoadFault> faults;
    const auto config = load_config(options_.config_file, faults);
    // First, and by themselves: whom it takes rights from must not wait for another file to be mended.
    auto keys = config ? load_callers(*config, faults) : std::nullopt;
    if (keys) {
      keys_->replace(std::move(*keys));
      events_->wake_all();
      courier_->wake();
    }
    run::CheckedDefinitions checked;
    if (config) checked = run::check_files(paths_of(*config));
    faults.insert(faults.end(), checked.faults.begin(), checked.faults.end());
    if (faults.empty()) {
      try {
        take_next_master();
        std::optional<TlsKeeper> tls;
        if (tls_ && config->listen.tls) tls.emplace(*config->listen.tls);
        faults = engine_->apply(checked.texts);
        if (faults.empty()) {
          if (tls) tls_ = std::move(tls);
          if (tls_) use_tls();
          log_.reopen(config->log);
        }
      } catch (const std::exception& error) {
        faults.push_back({options_.config_file, "", error.what()});
      }
    }
    for (const run::LoadFault& fault : faults) {
      log_.write(LogLevel::error, "reload_refused",
                 {{"file", OwnText{fault.file}},
                  {"pointer", OwnText{fault.pointer}},
                  {"detail", OwnText{fault.detail}}});
    }
    if (faults.empty()) log_.write(LogLevel::info, "reloaded");
  }

  void use_tls() {
    net::Server* server = server_;
    if (server != nullptr) server->renew(tls_->now());
    tell_of_certificate();
  }

  void tell_of_certificate() {
    if (!tls_) return;
    const std::int64_t expires_at = tls_->now()->expires_at.time_since_epoch().count();
    service_->metrics.certificate_expires_at = expires_at;
    log_.write(LogLevel::info, "certificate_in_use", {{"expires_at", core::Instant{expires_at * 1000}}});
  }

  // A certificate that was renewed on the disk is taken over as it is, or not at all.
  void look_at_certificate() {
    if (!tls_ || !tls_->files_changed()) return;
    try {
      tls_->read_again();
      use_tls();
    } catch (const std::exception& error) {
      log_.write(LogLevel::error, "certificate_refused", {{"cause", OwnText{error.what()}}});
    }
  }

  const ServeOptions& options_;
  const ServerConfig& config_;
  SignalThread signals_;  // first: every later thread inherits its mask
  Log log_;
  std::unique_ptr<run::Keyring> keyring_;
  run::SystemRandom random_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<run::Clock> clock_;
  run::VirtualClock* sandbox_ = nullptr;
  std::unique_ptr<EventHub> events_;  // outlives the engine, which wakes it
  std::unique_ptr<run::Engine> engine_;
  std::unique_ptr<run::Eraser> eraser_;
  std::unique_ptr<run::Auditor> auditor_;
  std::unique_ptr<run::Sealer> sealer_;
  run::SystemClock wall_;        // also in the sandbox: receivers hold an attempt against their own clock
  std::optional<KeyBook> keys_;  // outlives the courier, which asks it
  std::unique_ptr<net::Outgoing> outgoing_;
  std::unique_ptr<run::Courier> courier_;
  std::unique_ptr<run::Publisher> publisher_;
  std::unique_ptr<ReportDesk> reports_;
  std::optional<TlsKeeper> tls_;  // nothing without TLS; of the thread of signals, once it serves
  RateLimits rates_{config_.listen.rates};
  std::optional<IdentityService> identity_;  // nothing: no person calls
  PersonBook persons_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<MailService> mail_;  // null where no mail is sent
  std::atomic<net::Server*> server_ = nullptr;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> failed_ = false;
};

}  // namespace

int serve(const ServeOptions& options) {
  try {
    return Process(options).run();
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}

}  // namespace motcua::api
