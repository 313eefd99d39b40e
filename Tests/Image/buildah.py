"""buildah, with images of its own that nobody else sees."""

import pathlib
import subprocess


class Buildah:
    """Keeps its images in `directory`. Chroot isolation needs no engine, and no privilege that root lacks in a container."""

    def __init__(self, directory):
        self.storage = ["--root", f"{directory}/images", "--runroot", f"{directory}/run", "--storage-driver", "overlay"]

    def __call__(self, command, *arguments, show=False):
        """Runs a command, and returns what it printed; with `show` it prints for itself."""
        line = ["nice", "buildah", *self.storage, command, *map(str, arguments)]
        result = subprocess.run(line, stdout=None if show else subprocess.PIPE, text=True, check=False)
        if result.returncode != 0:
            raise SystemExit(f"buildah {command} failed with status {result.returncode}")
        return (result.stdout or "").strip()

    def has(self, image):
        """Whether there is an image of that name."""
        line = ["buildah", *self.storage, "inspect", "--type", "image", image]
        return subprocess.run(line, capture_output=True, check=False).returncode == 0

    def build(self, dockerfile, context, image, *options):
        """Builds an image from images that are here, keeping what each step made for the next time."""
        common = ["--isolation", "chroot", "--format", "docker", "--layers", "--pull-never"]
        self("build", *common, *options, "-f", dockerfile, "-t", image, context, show=True)

    def root_of(self, image):
        """Mounts a container of the image; returns the container's name and its root directory."""
        container = self("from", "--pull-never", image)
        return container, pathlib.Path(self("mount", container))
