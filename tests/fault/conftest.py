"""The models and the stand-in of the end-to-end tests are those of these tests, too."""
import pathlib
import sys

for folder in ("integration/e2e", "integration/sdk/python"):
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / folder))
