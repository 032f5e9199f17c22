# Sourced by bin/start, bin/test and bin/bench from the root of the project: an environment under var/ that
# matches a lock file. Needs Python 3.11 or newer; uv is used where it is there or can be had, else pip.

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# Nothing is written outside var/ (compiled modules go there too), and what somebody's shell exports does not change which modules are found.
export PYTHONPYCACHEPREFIX="$PWD/var/pycache"
export UV_CACHE_DIR="$PWD/var/cache/uv" PIP_CACHE_DIR="$PWD/var/cache/pip"
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

# Prints the path of a Python that is new enough: the one below an active environment, which may be ours.
find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            "$candidate" -c 'import sys; print(sys._base_executable)'
            return
        fi
    done
    return 1
}

# Debian packs Python without venv: then its pip installs into the new environment; without that too,
# root can have the missing package.
make_venv() {
    rm -rf "$2"
    "$1" -m venv "$2" >var/venv.log 2>&1 && return
    rm -rf "$2"
    if "$1" -m venv --without-pip "$2" >>var/venv.log 2>&1; then
        command -v uv >/dev/null 2>&1 && return
        "$1" -m pip --python "$2" install --quiet uv >>var/venv.log 2>&1 && return
    fi
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    say "Installing python3-venv with apt-get ..."
    apt-get update >>var/venv.log 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv >>var/venv.log 2>&1 || return 1
    rm -rf "$2"
    "$1" -m venv "$2" >>var/venv.log 2>&1
}

# ensure_environment LOCK: leaves var/venv holding exactly what LOCK names.
ensure_environment() {
    lock=$1
    mkdir -p var
    stamp=var/venv/installed-lock
    wanted=$(cksum <"$lock")
    [ -x var/venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    # The larger lock holds the smaller one: whoever tested can start without installing again.
    if [ "$lock" = requirements.lock ] && [ -x var/venv/bin/python ]; then
        [ "$(cat "$stamp" 2>/dev/null)" = "$(cksum <requirements-dev.lock)" ] && return
    fi
    python=$(find_python) || stop "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install python3 python3-venv"
    say "${MAKING:-Making the environment in var/venv with} $("$python" --version) ..."
    make_venv "$python" var/venv || stop "The environment could not be made; see var/venv.log. On Debian or Ubuntu: sudo apt-get install python3-venv"
    say "${INSTALLING:-Installing the packages of} $lock ..."
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
