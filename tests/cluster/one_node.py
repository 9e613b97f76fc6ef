"""A SLURM of one node in a temporary folder: a controller, a node daemon and munge on loopback.

Nothing outside of the folder is configured, and the clients find it by the variable SLURM_CONF,
so that it runs beside a SLURM that the machine may have.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PACKAGES = ("slurm-wlm", "munge")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "setpriv")
CPUS = 2
MEMORY = 8000  # MB that the node lends, less where the machine has less
NODE = "node"
# proctrack/linuxproc and task/none need no cgroups of any version, which a container may lack. A
# job that holds more memory than it asked for is killed by jobacct_gather instead.
CONFIG = """\
ClusterName=onenode
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=5,bf_interval=5
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobs.txt
AccountingStorageType=accounting_storage/none
JobRequeue=0
KillWait=2
OverTimeLimit=0
MinJobAge=3600
GresTypes=gpu
NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} Gres=gpu:1
PartitionName=main Nodes={node} Default=YES MaxTime=INFINITE State=UP
PartitionName=other Nodes={node} MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why this machine cannot run it; an empty string where it can."""
    if os.geteuid() != 0:
        return "a SLURM of our own needs root"
    if not all(map(shutil.which, PROGRAMS)) and not shutil.which("apt-get"):
        return f"{', '.join(PROGRAMS)} are missing, and only Debian's are installed by the test"
    return ""


def install() -> None:
    """Install Debian's packages where programs are missing; raises with apt's own words."""
    if all(map(shutil.which, PROGRAMS)):
        return
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    for arguments in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
    ):
        command = ["apt-get", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **quiet)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


class OneNode:
    """Starts in ``with`` and leaves no process behind; ``folder`` holds configuration and logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = f"{folder}/bin:{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
        self.environment = os.environ | {"SLURM_CONF": f"{folder}/slurm.conf", "PATH": path}
        self.daemons: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "OneNode":
        install()
        self._configure()
        try:
            # Without --force munged refuses the folders of the temporary files.
            self._start(
                *("munged", "--foreground", "--force", "--num-threads=2"),
                f"--socket={self.folder}/munge.socket",
                f"--key-file={self.folder}/munge.key",
                f"--pid-file={self.folder}/munge.pid",
                f"--log-file={self.folder}/munge.log",
                f"--seed-file={self.folder}/munge.seed",
            )
            self.wait_until("munge listens", (self.folder / "munge.socket").exists)
            self.start_controller()
            self._start("slurmd", "-D", "-N", NODE)
            self.wait_until("the node is idle", lambda: self.node_state() == "idle")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()

    def start_controller(self) -> None:
        self._start("slurmctld", "-D")
        self.wait_until("the controller answers", lambda: self.node_state() != "")

    def stop_controller(self) -> None:
        daemon = self.daemons.pop("slurmctld")
        daemon.terminate()
        daemon.wait(timeout=30)

    def call(self, *command: str, check: bool = True) -> str:
        """The output of a client such as ``scontrol``."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def node_state(self) -> str:
        return self.call("sinfo", "-h", "-p", "main", "-o", "%t", check=False)

    def jobs(self, rule: str, states: str = "all") -> list[int]:
        """Numbers of a rule's jobs; the executor names the rule in the comment."""
        rows = self.call("squeue", "-h", "-t", states, "-o", "%A|%k").splitlines()
        pairs = (row.split("|", 1) for row in rows)
        return [int(job) for job, comment in pairs if f"rule_{rule}" in comment]

    def job(self, number: int) -> dict[str, str]:
        """The fields of ``scontrol show job``."""
        words = self.call("scontrol", "show", "job", str(number)).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def wait_until(self, what: str, condition: object, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            for name, daemon in self.daemons.items():
                assert daemon.poll() is None, f"{name} ended: {self.logs()}"
            assert time.monotonic() < deadline, f"waited in vain until {what}: {self.logs()}"
            time.sleep(0.2)

    def logs(self) -> str:
        """The ends of the daemons' logs."""
        paths = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text()[-2000:]}" for path in paths)

    def _configure(self) -> None:
        for name in ("state", "spool", "bin"):
            (self.folder / name).mkdir()
        # The executor calls srun without the variables of SLURM, SLURM_CONF among them.
        step = self.folder / "bin/srun"
        variable = f"SLURM_CONF={self.environment['SLURM_CONF']}"
        step.write_text(f'#!/bin/sh\n{variable} exec {shutil.which("srun")} "$@"\n')
        step.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
        ports = [_free_port(), _free_port()]
        content = CONFIG.format(
            folder=self.folder,
            host=socket.gethostname().split(".")[0],
            controller_port=ports[0],
            node_port=ports[1],
            node=NODE,
            cpus=min(CPUS, os.cpu_count() or 1),
            memory=min(MEMORY, int(0.9 * total)),
        )
        (self.folder / "slurm.conf").write_text(content)
        # SLURM lends whatever file stands for a GPU; nothing opens it.
        (self.folder / "gres.conf").write_text(f"NodeName={NODE} Name=gpu File=/dev/null\n")

    def _start(self, name: str, *arguments: str) -> None:
        """Start a daemon that the kernel ends when this process dies."""
        with open(self.folder / f"{name}.out.log", "ab") as log:
            self.daemons[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", name, *arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _stop(self) -> None:
        """End jobs, then daemons, then whatever else has our configuration in its environment."""
        if "slurmctld" in self.daemons:
            self.call("scancel", "-u", "root", check=False)
            deadline = time.monotonic() + 15
            while self.call("squeue", "-h", check=False) and time.monotonic() < deadline:
                time.sleep(0.2)
        for name in ("slurmctld", "slurmd", "munged"):
            if name in self.daemons:
                daemon = self.daemons.pop(name)
                daemon.terminate()
                try:
                    daemon.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    daemon.kill()
                    daemon.wait()
        for process in self.processes():
            os.kill(process, signal.SIGKILL)

    def processes(self, job: int | None = None) -> list[int]:
        """Processes whose environment names this SLURM's configuration; of all jobs, or of one."""
        marks = {f"SLURM_CONF={self.folder}/slurm.conf".encode()}
        if job is not None:
            marks.add(f"SLURM_JOB_ID={job}".encode())
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if marks <= set(path.read_bytes().split(b"\0")):
                    found.append(int(path.parent.name))
            except OSError:  # ended in the meantime
                continue
        return [process for process in found if process != os.getpid()]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
