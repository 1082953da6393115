"""Makes the database of a province's year: a configuration, the whole catalogue, and dossiers with all their turns.

usage: year_database.py FOLDER CATALOGUE [--dossiers 216000] [--open 12000] [--seed 1] [--began 2025-10-01] [--until 2026-11-15]

CATALOGUE is imported by `motcua import-procedures`. To the agencies of config/ come two of the province that carry out
what the catalogue leaves to ministries and to other bodies, as nobody would file it otherwise. FOLDER must be new.
"""
import argparse
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOTCUA = ROOT / "build/motcua"
LISTEN = "127.0.0.1:8197"
BRANCHES = (("ministry", "Cơ quan ngành dọc của trung ương tại tỉnh"), ("other", "Cơ quan, tổ chức khác tại tỉnh"))


def write_agencies(target):
    agencies = json.loads((ROOT / "config/agencies.json").read_text(encoding="utf-8"))
    known = agencies["agencies"]
    province = known[0]
    pattern = next(agency for agency in known if agency["level"] == "commune" and agency.get("parent") == province["code"])
    for number, (level, name) in enumerate(BRANCHES, 901):
        code = f"{province['code']}.{number}"
        branch = json.loads(json.dumps(pattern).replace(pattern["code"], code))
        known.append({**branch, "level": level, "name": name})
    target.write_text(json.dumps(agencies, ensure_ascii=False), encoding="utf-8")


def write_config(folder, agencies=None):
    """The shipped configuration with the files of a folder in place of the database and what belongs to it."""
    config = json.loads((ROOT / "config/server.json").read_text(encoding="utf-8"))
    for name in ("calendars", "rulebook", "agencies", "ladders", "procedures", "messages", "slips", "roles"):
        config[name] = str(ROOT / config[name])
    config.update(listen=LISTEN, database=str(folder / "m.db"), master_key_file=str(folder / "master.key"),
                  keys_file=str(folder / "keys.json"), rates=None, on_behalf_of="optional")
    if agencies:
        config["agencies"] = str(agencies)
    target = folder / "server.json"
    target.write_text(json.dumps(config), encoding="utf-8")
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("catalogue", type=pathlib.Path)
    parser.add_argument("--dossiers", type=int, default=216_000)
    parser.add_argument("--open", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--began", default="2025-10-01")
    parser.add_argument("--until", default="2026-11-15")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True)
    write_agencies(folder / "agencies.json")
    config = write_config(folder, folder / "agencies.json")
    subprocess.run([MOTCUA, "import-procedures", options.catalogue, "--config", config], check=True)
    subprocess.run([ROOT / "build/tests/bench_seed", ROOT, folder / "m.db", folder / "master.key", folder,
                    str(options.dossiers), str(options.open), str(options.seed), options.began, options.until,
                    "--imported", "--turns"], check=True)


if __name__ == "__main__":
    main()
