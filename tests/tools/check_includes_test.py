import unittest

from tree import TreeTest


class CheckIncludes(TreeTest):
    def setUp(self):
        super().setUp()
        for header in ("engine/core/time.h", "engine/store/store.h", "engine/run/engine.h",
                       "api/json/shapes.h", "api/net/http.h", "api/net/loop.h"):
            self.write(header, "#pragma once\n#include <string>\n")

    def assert_clean(self, path, text):
        self.write(path, text)
        self.assertEqual(self.run_tool("check_includes.py"), (0, ""))

    def assert_fault(self, path, line, words, text):
        """Exactly one finding, at that line, that says so."""
        self.write(path, text)
        status, output = self.run_tool("check_includes.py")
        self.assertEqual(status, 1)
        self.assertEqual(output.count("\n"), 1, output)
        self.assertTrue(output.startswith(f"{path}:{line}: "), output)
        self.assertIn(words, output)

    def test_a_tree_that_keeps_the_rules_is_clean(self):
        self.write("engine/core/time.cpp", '#include "engine/core/time.h"\n\n#include <chrono>\n')
        self.write("engine/store/codec.cpp", '#include <simdjson.h>\n#include <sqlite3.h>\n'
                   '#include <openssl/evp.h>\n#include <fcntl.h>\n#include "engine/core/time.h"\n')
        self.write("engine/run/rule_loader.cpp", '#include <nlohmann/json.hpp>\n#include "engine/store/store.h"\n')
        self.write("api/main.cpp", '#include <CLI/CLI.hpp>\n#include "api/net/http.h"\n#include "engine/run/engine.h"\n')
        self.assert_clean("api/net/tls.cpp", '#include <boost/asio/ssl.hpp>\n#include <openssl/ssl.h>\nco_await x;\n')

    def test_the_core_includes_no_layer_above_it(self):
        self.assert_fault("engine/core/a.cpp", 2, "engine/core/ may not include",
                          '#include <string>\n#include "engine/store/store.h"\n')

    def test_the_core_includes_no_library(self):
        for header in ("nlohmann/json_fwd.hpp", "sqlite3.h", "unistd.h", "boost/uuid.hpp", "time.h", "curl/curl.h"):
            self.assert_fault("engine/core/a.cpp", 1, f"<{header}>", f"#include <{header}>\n")

    def test_the_store_does_not_know_who_runs_it(self):
        self.assert_fault("engine/store/a.cpp", 1, "engine/run", '#include "engine/run/engine.h"\n')

    def test_the_shell_reads_json_in_loaders_only(self):
        self.assert_fault("engine/run/outbox.cpp", 1, "json.hpp", "#include <nlohmann/json.hpp>\n")

    def test_the_shell_knows_no_database(self):
        self.assert_fault("engine/run/engine.cpp", 2, "sqlite3.h", '#include "engine/run/engine.h"\n#include <sqlite3.h>\n')

    def test_the_engine_does_not_include_the_api(self):
        self.assert_fault("engine/run/a.cpp", 1, "api/json", '#include "api/json/shapes.h"\n')

    def test_boost_and_tls_stay_in_api_net(self):
        for header in ("boost/asio.hpp", "openssl/ssl.h"):
            self.assert_fault("api/handlers/a.cpp", 1, f"<{header}>", f"#include <{header}>\n")
        self.assert_fault("api/handlers/a.cpp", 1, "outside api/net", '#include "api/net/loop.h"\n')

    def test_pango_and_its_like_stay_in_api_print(self):
        for header in ("pango/pangocairo.h", "cairo-pdf.h", "cairo.h", "qrencode.h"):
            self.assert_fault("api/handlers/a.cpp", 1, f"<{header}>", f"#include <{header}>\n")
        self.write("api/handlers/a.cpp", "#include <string>\n")
        self.assert_fault("api/print/a.cpp", 1, "api/print/ may not", '#include "engine/run/engine.h"\n')
        self.assert_clean("api/print/a.cpp", "#include <pango/pangocairo.h>\n#include <qrencode.h>\n")

    def test_the_net_knows_nothing_of_dossiers(self):
        self.assert_fault("api/net/a.cpp", 1, "api/net/ may not", '#include "engine/core/time.h"\n')

    def test_json_is_included_by_no_header_not_even_in_tests(self):
        self.assert_fault("tests/support/a.h", 1, "json_fwd", "#include <nlohmann/json.hpp>\n")
        self.assert_clean("tests/support/a.h", "#include <nlohmann/json_fwd.hpp>\n")

    def test_quotes_are_relative_to_the_root(self):
        self.assert_fault("engine/core/a.cpp", 1, "no file from the root", '#include "time.h"\n')
        self.assert_fault("engine/core/a.cpp", 1, "no file from the root", '#include "engine/core/../core/time.h"\n')

    def test_the_own_header_comes_first(self):
        self.assert_fault("engine/core/time.cpp", 1, "comes first", '#include <map>\n#include "engine/core/time.h"\n')

    def test_coroutines_live_in_api_net_only(self):
        for word in ("co_await", "co_return", "co_yield"):
            self.assert_fault("engine/run/a.cpp", 2, word, f"\n{word} x;\n")

    def test_a_switch_of_the_core_has_no_default(self):
        self.assert_fault("engine/core/a.cpp", 3, "no default", "switch (x) {\n  case 1:\n  default : break;\n}\n")

    def test_comments_literals_and_digit_separators_hide_and_reveal_nothing(self):
        self.assert_clean("engine/core/a.cpp", '// default: co_await\n/* co_return\n#include <sqlite3.h>\n*/\n'
                          'auto s = "default: \\" co_await"; char c = \'"\'; A() = default;\n'
                          'auto r = R"x(co_await " )" default:)x";\n')
        self.assert_fault("engine/core/a.cpp", 2, "co_await", "int a = 10'000;\nco_await b;\nint c = 20'000;\n")


if __name__ == "__main__":
    unittest.main()
