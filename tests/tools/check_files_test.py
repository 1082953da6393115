import unittest

from tree import TreeTest


class LongFiles(TreeTest):
    def test_400_lines_are_allowed_and_401_are_not(self):
        self.write("engine/core/a.cpp", "x\n" * 400)
        self.assertEqual(self.run_tool("check_files.py", "long_files")[0], 0)
        self.write("engine/core/a.cpp", "x\n" * 401)
        status, output = self.run_tool("check_files.py", "long_files")
        self.assertEqual(status, 1)
        self.assertIn("engine/core/a.cpp:401:", output)

    def test_a_reason_excuses_a_long_file_and_its_absence_does_not(self):
        self.write("api/a.cpp", "x\n" * 401)
        self.write("tools/check_long_files.txt", "# why\napi/a.cpp one table of the law\n")
        self.assertEqual(self.run_tool("check_files.py", "long_files"), (0, ""))
        self.write("tools/check_long_files.txt", "api/a.cpp\n")
        self.assertIn("without a reason", self.run_tool("check_files.py", "long_files")[1])

    def test_an_excuse_that_is_not_needed_any_more_is_reported(self):
        self.write("api/a.cpp", "x\n")
        self.write("tools/check_long_files.txt", "api/a.cpp one table of the law\n")
        self.assertEqual(self.run_tool("check_files.py", "long_files")[0], 1)


class MachineNames(TreeTest):
    def finds(self, text):
        self.write("README.md", text)
        return self.run_tool("check_files.py", "machine_names")[0] == 1

    def test_paths_of_one_machine_are_found(self):
        # Put together here, as in the checker, so that this file is clean itself.
        for path in ("/wo" + "rk/main", "`/wo" + "rk`", '"/tm' + 'p/x"'):
            self.assertTrue(self.finds(f"see {path} there\n"), path)

    def test_routes_and_variables_are_not_taken_for_such_paths(self):
        for text in ("POST /v1/working-time", "/workflows", "a/wo" + "rk/b", "$dir/tm" + "p/x", "/work-items"):
            self.assertFalse(self.finds(text + "\n"), text)

    def test_a_private_tool_is_found_within_a_longer_name(self):
        for name in ("FARM" + "-Studio", "my-farm" + "-bench-2"):
            self.assertTrue(self.finds(f"made with {name}\n"), name)
        self.assertFalse(self.finds("a farm with a studio, a bench\n"))


class JsonParses(TreeTest):
    def status(self, text):
        self.write("config/a.json", text)
        return self.run_tool("check_files.py", "json_parses")[0]

    def test_valid_json_passes(self):
        self.assertEqual(self.status('{"a": {"a": 1}}'), 0)

    def test_broken_json_and_members_twice_are_found(self):
        self.assertEqual(self.status('{"a": 1,}'), 1)
        self.assertEqual(self.status('{"b": {"a": 1, "a": 2}}'), 1)

    def test_broken_json_of_a_test_is_left_alone(self):
        self.write("tests/api/broken.json", "{")
        self.assertEqual(self.run_tool("check_files.py", "json_parses"), (0, ""))


class LoopsOverTemporaries(TreeTest):
    def status(self, loop):
        self.write("api/a.cpp", f"void f() {{\n  {loop} g(x);\n}}\n")
        return self.run_tool("check_files.py", "loops_over_temporaries")[0]

    def test_a_part_of_what_a_call_returned_is_found(self):
        self.assertEqual(self.status('for (const json& x : sent.json()["results"])'), 1)
        self.assertEqual(self.status('for (const auto& [a, x] : one().at("results"))'), 1)

    def test_what_lives_on_is_left_alone(self):
        for head in ('json& x : answer["results"]', "auto x : f()", "auto x : f().faults", 'auto& x : a.back().at("b")'):
            self.assertEqual(self.status(f"for ({head})"), 0, head)


if __name__ == "__main__":
    unittest.main()
