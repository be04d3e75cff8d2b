// JavaRosa behind a line protocol, for playing the same answers in both engines and comparing every node.
// Started by engine_referee.py with the classes of ODK Validate on the class path. One command a line, fields split by
// tabs, backslash escapes for tab, newline and backslash; every answer ends with a line "." (or "! message").

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.QuestionDef;
import org.javarosa.core.model.condition.EvaluationContext;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.IPropertyManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.core.services.properties.IPropertyRules;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormUtils;
import org.javarosa.xpath.XPathParseTool;
import org.javarosa.xpath.expr.XPathFuncExpr;

class Referee {
    private static PrintStream out;
    private static FormDef form;
    private static FormEntryController controller;
    private static File source;

    public static void main(String[] args) throws Exception {
        out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        new org.javarosa.model.xform.XFormsModule().registerModule();
        PropertyManager.setPropertyManager(new Device());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                answer(fields(line));
                out.println(".");
            } catch (Throwable error) {
                out.println("! " + escaped(error.getClass().getSimpleName() + ": " + error.getMessage()));
            }
            out.flush();
        }
    }

    /** The device that forms may ask about: the same one that our session is given. */
    private static final class Device implements IPropertyManager {
        public String getSingularProperty(String name) {
            return name.equals("deviceid") ? "dev:1" : name.equals("username") ? "u" : null;
        }

        public List<String> getProperty(String name) {
            return getSingularProperty(name) == null ? null : List.of(getSingularProperty(name));
        }

        public void setProperty(String name, String value) {}

        public void setProperty(String name, List<String> value) {}

        public void addRules(IPropertyRules rules) {}

        public List<IPropertyRules> getRules() {
            return List.of();
        }
    }

    /** External files of a form stand beside it, or in the folder named like it that ends in `-media`. */
    private static final class Nearby extends PrefixedRootFactory {
        Nearby() {
            super(new String[] {"file", "file-csv", "instance"});
        }

        protected Reference factory(String name, String uri) {
            String plain = new File(name).getName();
            File beside = new File(source.getParentFile(), plain);
            String stem = source.getName().replaceFirst("\\.[^.]*$", "");
            File media = new File(new File(source.getParentFile(), stem + "-media"), plain);
            return new FileReference((beside.exists() ? beside : media).getParent(), plain);
        }
    }

    private static final class FileReference implements Reference {
        private final File file;

        FileReference(String folder, String name) {
            file = new File(folder, name);
        }

        public boolean doesBinaryExist() {
            return file.exists();
        }

        public java.io.InputStream getStream() throws java.io.IOException {
            return new FileInputStream(file);
        }

        public String getURI() {
            return "jr://file/" + file.getName();
        }

        public String getLocalURI() {
            return file.getPath();
        }

        public boolean isReadOnly() {
            return true;
        }

        public java.io.OutputStream getOutputStream() {
            throw new UnsupportedOperationException();
        }

        public void remove() {
            throw new UnsupportedOperationException();
        }

        public Reference[] probeAlternativeReferences() {
            return new Reference[0];
        }
    }

    private static void answer(String[] command) throws Exception {
        switch (command[0]) {
            case "open" -> open(command[1]);
            case "set" -> set(command[1], command[2]);
            case "add" -> add(command[1]);
            case "remove" -> remove(command[1]);
            case "snapshot" -> snapshot();
            case "submission" -> submission();
            case "evaluate" -> out.println(escaped(evaluate(command[1], command[2])));
            case "time" -> time(command[1], Integer.parseInt(command[2]), command);
            default -> throw new IllegalArgumentException(command[0]);
        }
    }

    // --- playing ---

    private static FormDef parsed(String path) throws Exception {
        try (FileInputStream in = new FileInputStream(path)) {
            return XFormUtils.getFormFromInputStream(in);
        }
    }

    private static void open(String path) throws Exception {
        source = new File(path);
        ReferenceManager.instance().reset();
        ReferenceManager.instance().addReferenceFactory(new Nearby());
        form = parsed(path);
        form.initialize(true, new InstanceInitializationFactory());
        controller = new FormEntryController(new FormEntryModel(form));
        visitAll();
    }

    /** Go through the form as a person does: counted rows appear, answers that are no longer offered go. */
    private static void visitAll() {
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        while (controller.getModel().getEvent() != FormEntryController.EVENT_END_OF_FORM) {
            if (controller.getModel().getEvent() == FormEntryController.EVENT_QUESTION) {
                controller.getModel().getQuestionPrompt().getSelectChoices();
            }
            controller.stepToNextEvent();
        }
    }

    private static void set(String path, String text) {
        TreeElement element = element(path);
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        while (controller.getModel().getEvent() != FormEntryController.EVENT_END_OF_FORM) {
            if (controller.getModel().getEvent() == FormEntryController.EVENT_QUESTION
                && controller.getModel().getFormIndex().getReference().equals(element.getRef())) {
                QuestionDef question = controller.getModel().getQuestionPrompt().getQuestion();
                IAnswerData data = text.isEmpty() ? null
                    : XFormAnswerDataParser.getAnswerData(text, element.getDataType(), question);
                String before = element.getValue() == null ? "" : element.getValue().uncast().getString();
                form.setValue(data, element.getRef(), true);
                String after = element.getValue() == null ? "" : element.getValue().uncast().getString();
                if (before.equals(after)) {
                    visitAll();
                    return;
                }
                question.getActionController().triggerActionsFromEvent(
                    "xforms-value-changed", form, element.getRef(), null);
                visitAll();
                return;
            }
            controller.stepToNextEvent();
        }
        throw new IllegalStateException("not presented: " + path);
    }

    private static void add(String path) {
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        String wanted = plain(path);
        while (controller.getModel().getEvent() != FormEntryController.EVENT_END_OF_FORM) {
            if (controller.getModel().getEvent() == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                TreeReference found = controller.getModel().getFormIndex().getReference();
                if (pathOf(found, true).equals(path) || (wanted.equals(path) && pathOf(found, true).equals(path))) {
                    controller.newRepeat();
                    visitAll();
                    return;
                }
            }
            controller.stepToNextEvent();
        }
        throw new IllegalStateException("no place for a new row: " + path);
    }

    private static void remove(String path) {
        TreeReference wanted = element(path).getRef();
        controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
        while (controller.getModel().getEvent() != FormEntryController.EVENT_END_OF_FORM) {
            if (controller.getModel().getEvent() == FormEntryController.EVENT_REPEAT
                && controller.getModel().getFormIndex().getReference().equals(wanted)) {
                controller.deleteRepeat();
                visitAll();
                return;
            }
            controller.stepToNextEvent();
        }
        throw new IllegalStateException("no such row: " + path);
    }

    private static String evaluate(String context, String expression) throws Exception {
        EvaluationContext there = new EvaluationContext(form.getEvaluationContext(), element(context).getRef());
        Object value = XPathParseTool.parseXPath(expression).eval(form.getMainInstance(), there);
        Object plain = XPathFuncExpr.unpack(value);
        return plain.getClass().getSimpleName() + " " + XPathFuncExpr.toString(plain);
    }

    // --- telling ---

    /** What Collect writes when a person finalises: hidden answers are gone, templates of repeats too. */
    private static void submission() throws Exception {
        form.postProcessInstance();
        byte[] bytes = new org.javarosa.model.xform.XFormSerializingVisitor().serializeInstance(form.getMainInstance());
        out.println(escaped(new String(bytes, StandardCharsets.UTF_8)));
    }

    private static void snapshot() {
        TreeElement root = form.getMainInstance().getRoot();
        tell(root, "/" + root.getName());
    }

    private static void tell(TreeElement element, String path) {
        boolean relevant = element.isRelevant();
        if (element.getNumChildren() > 0 || element.isRepeatable()) {
            out.println("g\t" + path + "\t" + relevant);
        } else {
            IAnswerData data = element.getValue();
            String value = data == null ? "" : data.uncast().getString();
            boolean valid = data == null || !relevant || form.evaluateConstraint(element.getRef(), data);
            out.println("n\t" + path + "\t" + relevant + "\t" + escaped(value) + "\t" + valid + "\t"
                + element.isRequired() + "\t" + !element.isEnabled());
        }
        for (int at = 0; at < element.getNumChildren(); at++) {
            TreeElement kid = element.getChildAt(at);
            if (kid.getMult() == TreeReference.INDEX_TEMPLATE) {
                continue;
            }
            tell(kid, path + "/" + kid.getName() + (kid.isRepeatable() ? "[" + (kid.getMult() + 1) + "]" : ""));
        }
    }

    private static String pathOf(TreeReference reference, boolean withoutLast) {
        StringBuilder path = new StringBuilder();
        TreeElement at = form.getMainInstance().getRoot();
        path.append("/").append(at.getName());
        for (int level = 1; level < reference.size(); level++) {
            String name = reference.getName(level);
            path.append("/").append(name);
            TreeElement next = at.getChild(name, Math.max(0, reference.getMultiplicity(level)));
            if (next == null) {
                next = at.getChild(name, TreeReference.INDEX_TEMPLATE);
            }
            at = next;
            boolean last = level == reference.size() - 1;
            if (at.isRepeatable() && !(last && withoutLast)) {
                path.append("[").append(reference.getMultiplicity(level) + 1).append("]");
            }
        }
        return path.toString();
    }

    private static String plain(String path) {
        return path.replaceAll("\\[\\d+\\]", "");
    }

    private static TreeElement element(String path) {
        TreeElement at = form.getMainInstance().getRoot();
        String[] steps = path.substring(1).split("/");
        for (int level = 1; level < steps.length; level++) {
            String step = steps[level];
            int bracket = step.indexOf('[');
            int number = bracket < 0 ? 0 : Integer.parseInt(step.substring(bracket + 1, step.length() - 1)) - 1;
            at = at.getChild(bracket < 0 ? step : step.substring(0, bracket), number);
            if (at == null) {
                throw new IllegalStateException("no node " + path);
            }
        }
        return at;
    }

    // --- measuring: what, how often, then for "fill" and "change": path, value, path, value … ---

    private static void time(String what, int rounds, String[] command) throws Exception {
        List<Long> taken = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            long start;
            switch (what) {
                case "load" -> {
                    start = processor();
                    parsed(source.getPath());
                    taken.add(processor() - start);
                }
                case "session" -> {
                    FormDef fresh = parsed(source.getPath());
                    start = processor();
                    fresh.initialize(true, new InstanceInitializationFactory());
                    taken.add(processor() - start);
                }
                case "fill" -> {
                    form = parsed(source.getPath());
                    form.initialize(true, new InstanceInitializationFactory());
                    start = processor();
                    for (int at = 3; at + 1 < command.length; at += 2) {
                        put(command[at], command[at + 1]);
                    }
                    taken.add(processor() - start);
                }
                case "change" -> {
                    int at = 3 + 2 * (round % ((command.length - 3) / 2));
                    start = processor();
                    put(command[at], command[at + 1]);
                    taken.add(processor() - start);
                }
                default -> throw new IllegalArgumentException(what);
            }
        }
        for (long nanos : taken) {
            out.println(nanos);
        }
    }

    /** Processor time of this thread: other work on the machine does not count, nor does the compiler's own thread. */
    private static long processor() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void put(String path, String text) {
        TreeElement element = element(path);
        IAnswerData data = text.isEmpty() ? null : XFormAnswerDataParser.getAnswerData(text, element.getDataType(), null);
        form.setValue(data, element.getRef(), true);
    }

    // --- lines ---

    private static String[] fields(String line) {
        String[] parts = line.split("\t", -1);
        for (int at = 0; at < parts.length; at++) {
            parts[at] = parts[at].replace("\\t", "\t").replace("\\n", "\n").replace("\\\\", "\\");
        }
        return parts;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "").replace("\t", "\\t");
    }
}
