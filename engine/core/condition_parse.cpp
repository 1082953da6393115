#include <utility>

#include "engine/core/condition.h"

namespace motcua::core {
namespace {

using Op = Condition::Op;
using Node = Condition::Node;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) { return c >= 'a' && c <= 'z'; }
bool is_word_part(char c) { return is_word_start(c) || is_digit(c) || c == '_' || c == '.'; }

struct Token {
  enum class Kind { end, word, number, sign };
  Kind kind = Kind::end;
  std::string_view text;
  std::size_t place = 0;
};

// A parse that failed keeps its first fault, and every step of it then answers at once.
class Parser {
 public:
  Parser(std::string_view text, ConditionFault& fault) : text_(text), fault_(fault) { advance(); }

  std::optional<std::vector<Node>> parse() {
    if (text_.size() > kConditionBytesMax) {
      fail(0, "at most " + std::to_string(kConditionBytesMax) + " characters", "it is longer");
    }
    any(0);
    if (!failed_ && token_.kind != Token::Kind::end) fail_here("and, or, or the end");
    if (failed_) return std::nullopt;
    return std::move(nodes_);
  }

 private:
  void fail(std::size_t place, const std::string& what, const std::string& but) {
    if (failed_) return;
    failed_ = true;
    fault_ = {place, "Expected " + what + ", but " + but};
  }
  void fail_here(const std::string& what) {
    fail(token_.place, what,
         token_.kind == Token::Kind::end ? "the condition ends"
                                         : "there is \"" + std::string(token_.text) + "\"");
  }

  void advance() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    const std::size_t from = at_;
    token_ = {Token::Kind::end, {}, from};
    if (at_ == text_.size()) return;
    const char first = text_[at_++];
    if (is_word_start(first)) {
      while (at_ < text_.size() && is_word_part(text_[at_])) ++at_;
      token_.kind = Token::Kind::word;
    } else if (is_digit(first) || (first == '-' && at_ < text_.size() && is_digit(text_[at_]))) {
      // A date is digits and hyphens; what is neither a number nor a date is refused where it is read.
      while (at_ < text_.size() && (is_word_part(text_[at_]) || text_[at_] == '-')) ++at_;
      token_.kind = Token::Kind::number;
    } else {
      token_.kind = Token::Kind::sign;
      const bool takes_equals = first == '<' || first == '>' || first == '!';
      if (takes_equals && at_ < text_.size() && text_[at_] == '=') ++at_;
    }
    token_.text = text_.substr(from, at_ - from);
  }

  bool is(std::string_view text) const { return token_.kind != Token::Kind::end && token_.text == text; }
  bool take(std::string_view text) {
    if (failed_ || !is(text)) return false;
    advance();
    return true;
  }
  void demand(std::string_view text) {
    if (!failed_ && !take(text)) fail_here("\"" + std::string(text) + "\"");
  }

  std::size_t add(Node node) {
    if (nodes_.size() == kConditionNodesMax) {
      fail(node.place, "at most " + std::to_string(kConditionNodesMax) + " parts", "there are more");
      return 0;
    }
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
  }
  std::size_t add(Op op, std::size_t left, std::size_t right, std::size_t place) {
    Node node;
    node.op = op;
    node.left = left;
    node.right = right;
    node.place = place;
    return add(std::move(node));
  }

  std::size_t any(int depth) {
    std::size_t left = all(depth);
    while (!failed_ && is("or")) {
      const std::size_t place = token_.place;
      advance();
      const std::size_t right = all(depth);
      left = add(Op::any, left, right, place);
    }
    return left;
  }

  std::size_t all(int depth) {
    std::size_t left = single(depth);
    while (!failed_ && is("and")) {
      const std::size_t place = token_.place;
      advance();
      const std::size_t right = single(depth);
      left = add(Op::all, left, right, place);
    }
    return left;
  }

  std::size_t single(int depth) {
    if (failed_) return 0;
    if (depth == kConditionDepthMax) {
      fail(token_.place, "parts nested at most " + std::to_string(kConditionDepthMax) + " deep",
           "they go deeper");
      return 0;
    }
    const std::size_t place = token_.place;
    if (take("not")) {
      const std::size_t inner = single(depth + 1);
      return add(Op::negation, inner, 0, place);
    }
    if (take("(")) {
      const std::size_t inner = any(depth + 1);
      demand(")");
      return inner;
    }
    if (take("has")) {
      demand("(");
      const std::size_t name_place = token_.place;
      Node node;
      node.op = Op::has;
      node.name = name();
      node.place = name_place;
      demand(")");
      return add(std::move(node));
    }
    return comparison();
  }

  static bool is_kept(std::string_view word) {
    return word == "and" || word == "or" || word == "not" || word == "in" || word == "has" ||
           word == "true" || word == "false";
  }

  Code name() {
    if (failed_) return {};
    if (token_.kind != Token::Kind::word || is_kept(token_.text)) {
      fail_here("the name of a fact");
      return {};
    }
    if (token_.text.size() > 128) {
      fail(token_.place, "a name of at most 128 characters", "it is longer");
      return {};
    }
    Code read(token_.text);
    advance();
    return read;
  }

  std::size_t comparison() {
    Node node;
    node.place = token_.place;
    node.name = name();
    if (failed_) return 0;
    const bool negated = take("not");
    if (negated && !is("in")) {
      fail_here("in after not");
      return 0;
    }
    if (take("in")) {
      node.op = Op::one_of;
      demand("(");
      do {
        literal(node);
      } while (take(","));
      demand(")");
    } else if (const auto op = operation()) {
      node.op = *op;
      advance();
      literal(node);
    } else {
      node.op = Op::equal;  // a boolean that stands alone
      node.values.emplace_back(true);
      node.value_places.push_back(node.place);
    }
    const std::size_t place = node.place;
    const std::size_t added = add(std::move(node));
    return negated ? add(Op::negation, added, 0, place) : added;
  }

  std::optional<Op> operation() const {
    static constexpr std::pair<std::string_view, Op> kSigns[] = {{"=", Op::equal},   {"!=", Op::unequal},
                                                                 {"<", Op::less},    {"<=", Op::at_most},
                                                                 {">", Op::greater}, {">=", Op::at_least}};
    for (const auto& [sign, op] : kSigns) {
      if (is(sign)) return op;
    }
    return std::nullopt;
  }

  void literal(Node& node) {
    if (failed_) return;
    const auto value = read_literal();
    if (!value) return fail_here("a whole number, a date, a word, true or false");
    node.values.push_back(*value);
    node.value_places.push_back(token_.place);
    advance();
  }

  std::optional<FactValue> read_literal() const {
    if (token_.kind == Token::Kind::word) {
      if (token_.text == "true") return true;
      if (token_.text == "false") return false;
      // A word of an enum is written as any key is.
      const bool fits = !is_kept(token_.text) && token_.text.find('.') == std::string_view::npos;
      return fits && token_.text.size() <= 64 ? std::optional<FactValue>(Code(token_.text)) : std::nullopt;
    }
    if (token_.kind != Token::Kind::number) return std::nullopt;
    if (const auto date = parse_date(token_.text)) return *date;
    return integer(token_.text);
  }

  // Up to eighteen digits, so that every one of them fits.
  static std::optional<FactValue> integer(std::string_view text) {
    const bool negative = text.front() == '-';
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > 18) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text) {
      if (!is_digit(c)) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    return negative ? -value : value;
  }

  std::string_view text_;
  ConditionFault& fault_;
  std::size_t at_ = 0;
  Token token_;
  std::vector<Node> nodes_;
  bool failed_ = false;
};

}  // namespace

std::optional<Condition> parse_condition(std::string_view text, ConditionFault& fault) {
  auto nodes = Parser(text, fault).parse();
  if (!nodes) return std::nullopt;
  return Condition{std::string(text), std::move(*nodes)};
}

}  // namespace motcua::core
