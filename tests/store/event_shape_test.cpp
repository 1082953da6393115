#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <set>

#include "engine/core/event.h"
#include "engine/store/described.h"
#include "tests/store/described_random.h"

// What the types of events promise by their shape. Two halves make it whole: no described member can hold
// what a person typed (the compiler refuses this file otherwise), and there is no member that is not
// described.
namespace motcua {
namespace {

template <class T>
constexpr bool carries_no_text();
template <class... T>
constexpr bool none_carries_text(const std::variant<T...>*) {
  return (carries_no_text<T>() && ...);
}

struct RequiresNoText {
  template <class T>
  void operator()(std::string_view, T&) const {
    static_assert(carries_no_text<T>(), "an event must not hold typed text: use Code or TextRef");
  }
};

// Words of a vocabulary, enumerations, numbers, times, ids, digests, and what is made of them.
template <class T>
constexpr bool carries_no_text() {
  if constexpr (std::integral<T>) {
    return std::same_as<T, bool> || sizeof(T) > 1;  // a vector of bytes would be a text again
  } else if constexpr (std::is_enum_v<T> || store::CountOfMs<T> || std::same_as<T, core::Date> ||
                       std::same_as<T, core::Code> || std::same_as<T, core::Uuid>) {
    return true;
  } else if constexpr (std::same_as<T, std::array<std::uint8_t, 16>>) {
    return true;
  } else if constexpr (store::kIsOptional<T> || store::kIsVector<T>) {
    return carries_no_text<typename T::value_type>();
  } else if constexpr (store::kIsVariant<T>) {
    return none_carries_text(static_cast<const T*>(nullptr));
  } else if constexpr (store::Described<T>) {
    static_cast<void>(&T::template describe<T, RequiresNoText>);  // makes the compiler look at each member
    return true;
  } else {
    return false;
  }
}

static_assert(carries_no_text<core::EventBody>());
static_assert(carries_no_text<core::ClockChange>());
// The claim can fail.
static_assert(!carries_no_text<std::string>());
static_assert(!carries_no_text<std::vector<std::optional<std::string_view>>>());
static_assert(!carries_no_text<std::variant<bool, std::string>>());
static_assert(!carries_no_text<std::vector<char>>());

// Initialises any member. Optionals need a wildcard of their own: from the other one they could be made in
// two ways.
struct Anything {
  template <class T>
  operator T() const;
};
struct AnyOptional {
  template <class T>
  operator std::optional<T>() const;
};

// How many members an aggregate has: as many as it takes initialisers.
template <class T, class... Found>
constexpr int member_count() {
  if constexpr (requires { T{Found{}..., Anything{}}; })
    return member_count<T, Found..., Anything>();
  else if constexpr (requires { T{Found{}..., AnyOptional{}}; })
    return member_count<T, Found..., AnyOptional>();
  else
    return sizeof...(Found);
}

struct Sample {
  int number;
  std::optional<core::Instant> at;
  std::array<std::uint8_t, 16> bytes;
  std::vector<core::Code> words;
  std::variant<std::int64_t, bool, core::Date, core::Code> value;
  bool last;
};
static_assert(member_count<Sample>() == 6);
static_assert(member_count<core::ClocksDerived>() == 0);
// hash_event takes every member of the envelope, "clocks" and "body" as the text of the body. Who adds one
// must add it there, under a new first text, and then here.
static_assert(member_count<core::Event>() == 13);

// Visits one struct and, below it, every struct that its members can hold.
class DescribedWhole {
 public:
  template <class T>
  void operator()(std::string_view, T& member) {
    seen_.insert(&member);
    look_into<T>();
  }

  template <class T>
  static void look_into() {
    if constexpr (store::kIsOptional<T>) {
      look_into<typename T::value_type>();
    } else if constexpr (store::kIsVector<T>) {
      look_into<typename T::value_type>();
    } else if constexpr (store::kIsVariant<T>) {
      look_into_each(static_cast<const T*>(nullptr));
    } else if constexpr (store::Described<T>) {
      T value;
      look_into_one(value);
    }
  }

  template <class T>
  static void look_into_one(T& value) {
    DescribedWhole members;
    T::describe(value, members);
    EXPECT_EQ(static_cast<int>(members.seen_.size()), member_count<T>()) << typeid(T).name();
  }

 private:
  template <class... T>
  static void look_into_each(const std::variant<T...>*) {
    (look_into<T>(), ...);
  }

  std::set<const void*> seen_;
};

TEST(EventShape, EveryMemberOfEveryEventIsDescribed) { DescribedWhole::look_into<core::EventBody>(); }
// What a change has depends on its action: the one that moves a date has all.
TEST(EventShape, EveryMemberOfAClockChangeThatMovesIsDescribed) {
  core::ClockChange change;
  change.action = core::ClockAction::move;
  DescribedWhole::look_into_one(change);
}
TEST(EventShape, EveryMemberOfADossierIsDescribed) { DescribedWhole::look_into<core::Dossier>(); }

struct Forgetful {
  core::Code told;
  bool forgotten = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("told", self.told);
  }
};
TEST(EventShape, AForgottenMemberIsFound) {
  EXPECT_NONFATAL_FAILURE(DescribedWhole::look_into<std::vector<Forgetful>>(), "Forgetful");
}

}  // namespace
}  // namespace motcua
