# Sourced by bin/start, bin/test and bin/bench: an environment under var/ that matches a lock file.
# Needs Python 3.11 or newer; uv is used where it is there or can be had, else pip.

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

export PYTHONPYCACHEPREFIX="$PWD/var/pycache"
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1

# Prints the name of a Python that is new enough.
find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# Debian packs venv without pip: then the pip of the system itself installs into the new environment.
make_venv() {
    rm -rf "$2"
    if ! "$1" -m venv "$2" >var/venv.log 2>&1; then
        rm -rf "$2"
        "$1" -m venv --without-pip "$2" >>var/venv.log 2>&1 || return 1
        command -v uv >/dev/null 2>&1 && return
        "$1" -m pip --python "$2" install --quiet uv >>var/venv.log 2>&1 || return 1
    fi
}

# ensure_environment LOCK: leaves var/venv holding exactly what LOCK names.
ensure_environment() {
    lock=$1
    mkdir -p var
    stamp=var/venv/installed-lock
    wanted=$(cat "$lock" bin/_environment.sh | cksum)
    [ -x var/venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    # The larger lock holds the smaller one: whoever tested can start without installing again.
    if [ "$lock" = requirements.lock ] && [ -x var/venv/bin/python ]; then
        wanted_dev=$(cat requirements-dev.lock bin/_environment.sh | cksum)
        [ "$(cat "$stamp" 2>/dev/null)" = "$wanted_dev" ] && return
    fi
    python=$(find_python) || stop "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
    say "Making the environment in var/venv with $("$python" --version) ..."
    make_venv "$python" var/venv || stop "The environment could not be made; see var/venv.log. On Debian or Ubuntu: sudo apt-get install python3-venv"
    say "Installing $(grep -c '==' "$lock") packages from $lock ..."
    if ! command -v uv >/dev/null 2>&1 && [ ! -x var/venv/bin/uv ]; then
        var/venv/bin/python -m pip install --quiet uv >>var/venv.log 2>&1 || true
    fi
    uv=var/venv/bin/uv
    [ -x "$uv" ] || uv=$(command -v uv || true)
    if [ -n "$uv" ]; then
        "$uv" pip install --quiet --python var/venv/bin/python --require-hashes -r "$lock" || stop "Installing failed. Is there a connection to the package index?"
    else
        var/venv/bin/python -m pip install --quiet --require-hashes -r "$lock" || stop "Installing failed. Is there a connection to the package index?"
    fi
    printf '%s' "$wanted" >"$stamp"
}
